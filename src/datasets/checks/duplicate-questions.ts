import { normaliseAnswer } from '../../text/answers.ts';
import { tokenise } from '../../text/tokens.ts';
import type { GoldenQuestion } from '../golden.ts';
import type { CheckedQuestion, DatasetCheck, Found } from './check.ts';
import { similarPairs } from './similar-pairs.ts';
import { quoted } from './words.ts';

/** Of the runs of three characters that two questions hold, as many must be in both. */
export const NEAR_DUPLICATE = 0.8;
const SHINGLE = 3;

/**
 * Two questions are the same when their words are, whatever capitals and punctuation. They are nearly the same when
 * they share four fifths of their character trigrams, all their numbers, and, where both are labelled, an answer or a
 * relevant document: "adult fare in 2024" beside "adult fare in 2025" is no duplicate but the point of a golden set.
 */
export const duplicateQuestions: DatasetCheck = {
  name: 'duplicate-questions',
  severity: 'warning',
  about: 'No question is asked twice, nor almost',
  needs: [],
  run({ questions }) {
    const first = new Map<string, Worded>();
    const found: Weighed[] = [];
    for (const one of questions) {
      const words = tokenise(one.question.question);
      const text = words.join(' ');
      const earlier = first.get(text);
      if (text === '') continue;
      if (earlier === undefined) first.set(text, { ...one, words, text });
      else found.push(sameQuestion(earlier, { ...one, words, text }));
    }
    found.push(...similarQuestions([...first.values()]));
    return found.sort((a, b) => a.weight - b.weight).map(({ weight: _weight, ...one }) => one);
  },
};

/** Questions made from one pattern may all be alike: nobody reads on after so many. */
const MOST_PAIRS = 20_000;

/** Those with other numbers are no duplicates, and are not even compared. */
function similarQuestions(questions: readonly Worded[]): Weighed[] {
  const byNumbers = new Map<string, Worded[]>();
  for (const one of questions) {
    const numbers = numbersOf(one.words);
    const group = byNumbers.get(numbers);
    if (group === undefined) byNumbers.set(numbers, [one]);
    else group.push(one);
  }
  return [...byNumbers.values()].flatMap((group) => {
    const pairs = similarPairs(
      group.map(({ text }) => shingles(text)),
      NEAR_DUPLICATE,
      MOST_PAIRS,
    );
    const found = pairs
      .map(({ first, second }) => [group[first]!, group[second]!] as const)
      .filter(([a, b]) => agree(a.question, b.question))
      .map(([a, b]) => similarQuestion(a, b));
    return pairs.length < MOST_PAIRS ? found : [tooMany(group), ...found];
  });
}

function tooMany(group: readonly Worded[]): Weighed {
  const { question, where } = group[0]!;
  return {
    message: `More than ${MOST_PAIRS} pairs of questions are alike, ${quoted(question.question)} among them; not all were looked at`,
    where,
    hint: 'Questions made from one pattern tell little more than a few of them: keep those few.',
    weight: 0,
  };
}

type Worded = CheckedQuestion & {
  readonly words: readonly string[];
  /** The words with a blank between them. */
  readonly text: string;
};

/** What matters most comes first: contradictions, then repeats, then likenesses. */
type Weighed = Found & { readonly weight: 0 | 1 | 2 };

function sameQuestion(a: Worded, b: Worded): Weighed {
  const contradict = !agree(a.question, b.question);
  const labels = contradict ? ', with different labels' : '';
  return {
    message: `${b.question.id} asks what ${a.question.id} asks${acrossSplits(a, b)}${labels}: ${quoted(b.question.question)}`,
    where: b.where,
    hint: contradict
      ? 'One answer to it will always be judged wrong: join their labels in one question, or ask more precisely.'
      : 'Remove one of the two: it would count twice.',
    questions: [a.question.id, b.question.id],
    weight: contradict ? 0 : 1,
  };
}

function similarQuestion(a: Worded, b: Worded): Weighed {
  const onlyA = a.words.filter((word) => !b.words.includes(word));
  const onlyB = b.words.filter((word) => !a.words.includes(word));
  const differ =
    onlyA.length + onlyB.length === 0
      ? 'the order of words'
      : `${quoted(onlyA.join(' '))} and ${quoted(onlyB.join(' '))}`;
  return {
    message: `${b.question.id} is ${a.question.id}${acrossSplits(a, b)} but for ${differ}: ${quoted(b.question.question)}`,
    where: b.where,
    hint: 'Two such questions tell little more than one: remove one, or word it as another user would.',
    questions: [a.question.id, b.question.id],
    weight: 2,
  };
}

/** What was tuned on one split is not measured on the other, where both ask it. */
function acrossSplits(a: Worded, b: Worded): string {
  if (a.splits.length === 0 || b.splits.length === 0) return '';
  if (a.splits.some((split) => b.splits.includes(split))) return '';
  return ` in another split (${a.splits.join(', ')} and ${b.splits.join(', ')})`;
}

/** False where both are labelled, and differently. */
function agree(a: GoldenQuestion, b: GoldenQuestion): boolean {
  if (a.answerable !== b.answerable) return false;
  if (a.answers.length > 0 && b.answers.length > 0) {
    const known = new Set(a.answers.map(normaliseAnswer));
    return b.answers.some((answer) => known.has(normaliseAnswer(answer)));
  }
  const documents = relevantTo(b);
  const own = relevantTo(a);
  return own.length === 0 || documents.length === 0 || own.some((id) => documents.includes(id));
}

const relevantTo = ({ relevant }: GoldenQuestion): string[] =>
  [...relevant].filter(([, grade]) => grade > 0).map(([id]) => id);

const numbersOf = (words: readonly string[]): string => words.filter((word) => /\p{N}/u.test(word)).join(' ');

/** Runs of three characters; a shorter text is one by itself. */
function shingles(text: string): Set<string> {
  if (text === '') return new Set();
  const padded = ` ${text} `;
  const found = new Set<string>();
  for (let at = 0; at + SHINGLE <= padded.length; at += 1) found.add(padded.slice(at, at + SHINGLE));
  return found;
}
