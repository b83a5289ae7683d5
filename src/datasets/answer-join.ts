import { GroundspeedError } from '../kernel/errors.ts';
import type { FileAnswer, FileReference } from './answer-files.ts';
import { type GoldenQuestion, goldenQuestion } from './golden.ts';

export interface JoinedAnswers {
  /** The answer to each question, in the order of the questions; undefined where the file has none. */
  readonly answers: readonly (FileAnswer | undefined)[];
  /** Answers to questions that the golden set does not have. */
  readonly unknown: readonly FileAnswer[];
}

/**
 * Finds the question of each answer: by its id, else by its text, white space and Unicode form apart. Throws
 * `answers.format` where two answers are to one question, where a text is that of several questions, and where no
 * answer is to any question of the set.
 */
export function joinAnswers(
  questions: readonly GoldenQuestion[],
  answers: readonly FileAnswer[],
  file: string,
): JoinedAnswers {
  const byId = new Map(questions.map(({ id }, index) => [id, index]));
  const byText = new Map<string, number[]>();
  for (const [index, { question }] of questions.entries()) {
    byText.set(plain(question), [...(byText.get(plain(question)) ?? []), index]);
  }
  const joined: (FileAnswer | undefined)[] = questions.map(() => undefined);
  const unknown: FileAnswer[] = [];
  for (const answer of answers) {
    const index = (answer.id === undefined ? undefined : byId.get(answer.id)) ?? placeByText(answer, byText);
    if (index === undefined) {
      unknown.push(answer);
      continue;
    }
    const first = joined[index];
    if (first !== undefined) throw twice(questions[index]!, first, answer);
    joined[index] = answer;
  }
  if (unknown.length === answers.length) throw strangers(unknown[0]!, file);
  return { answers: joined, unknown };
}

function placeByText(answer: FileAnswer, byText: ReadonlyMap<string, readonly number[]>): number | undefined {
  const places = answer.question === undefined ? [] : (byText.get(plain(answer.question)) ?? []);
  if (places.length <= 1) return places[0];
  throw new GroundspeedError(
    'answers.format',
    `${answer.where}: ${places.length} golden questions have the text ${JSON.stringify(answer.question)}.`,
    { where: answer.where, hint: 'Give each answer the `id` of its question.' },
  );
}

const plain = (text: string): string => text.normalize('NFC').replaceAll(/\s+/g, ' ').trim();

/**
 * The golden questions that the file's own references make, with the answer to each. Entries without a reference cannot
 * be scored, and are counted. Throws `answers.format` where two entries bear one id, and where none has a reference.
 */
export function joinOwnReferences(
  answers: readonly FileAnswer[],
  file: string,
): JoinedAnswers & { readonly questions: readonly GoldenQuestion[] } {
  const seen = new Map<string, FileAnswer>();
  const questions: GoldenQuestion[] = [];
  const joined: FileAnswer[] = [];
  const unknown: FileAnswer[] = [];
  for (const [index, answer] of answers.entries()) {
    if (answer.reference === undefined) {
      unknown.push(answer);
      continue;
    }
    const question = questionOf(answer, answer.reference, index);
    const first = seen.get(question.id);
    if (first !== undefined) throw twice(question, first, answer);
    seen.set(question.id, answer);
    questions.push(question);
    joined.push(answer);
  }
  if (questions.length > 0) return { questions, answers: joined, unknown };
  throw new GroundspeedError(
    'answers.format',
    `${file} does not say what is right for any of its questions.`,
    {
      where: answers[0]?.where ?? file,
      hint: 'Name a golden set with --dataset, or give entries a `reference`, `reference_contexts` or `reference_context_ids`.',
    },
  );
}

function questionOf(
  { id, question = '' }: FileAnswer,
  reference: FileReference,
  index: number,
): GoldenQuestion {
  return goldenQuestion({ ...reference, id: id ?? `q${index + 1}`, question });
}

/** How an answer names its question. */
export const nameOf = ({ id, question }: FileAnswer): string => JSON.stringify(id ?? question);

const twice = ({ id }: GoldenQuestion, first: FileAnswer, second: FileAnswer): GroundspeedError =>
  new GroundspeedError(
    'answers.format',
    `Question ${JSON.stringify(id)} is answered twice: ${first.where} and ${second.where}.`,
    { where: second.where, hint: 'Keep one answer to each question.' },
  );

const strangers = (first: FileAnswer, file: string): GroundspeedError =>
  new GroundspeedError(
    'answers.format',
    `None of the answers in ${file} is to a question of the golden set; the first is to ${nameOf(first)}.`,
    {
      where: first.where,
      hint: 'Check --dataset and --split, and that ids or questions are those of the set.',
    },
  );
