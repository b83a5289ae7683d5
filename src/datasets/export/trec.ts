import type { GoldenQuestion } from '../golden.ts';
import { splitFileName } from '../import/split-names.ts';
import type { Losses } from '../loss.ts';
import { corpusLines } from '../written-set.ts';
import { isWritable, writable } from './cells.ts';
import { type Exporter, loseDetails, placeOf, splitsOf, sumOf } from './exporter.ts';

export const trec: Exporter = {
  name: 'trec',
  writes: 'topics.tsv (id, tab, question), qrels.txt (or qrels.<split>.txt for each split) and corpus.jsonl',
  write({ questions, corpus }, losses) {
    const kept = questions.filter((question) => isTopic(question, losses));
    for (const question of kept) {
      loseDetails(
        question,
        ['answers', 'forbidden', 'evidence', 'kind', 'difficulty', 'derived', 'tags', 'must'],
        { format: 'TREC', losses },
      );
    }
    const judgements = sumOf(kept, (question) => keptJudgements(question, losses));
    const splits = splitsOf(kept);
    for (const split of splits) if (splitFileName(split) !== split) loseName(split, losses);
    if (splits.length > 0)
      for (const question of kept) if (question.split === undefined) loseAll(question, losses);
    const qrels: [string, Generator<string>][] =
      splits.length === 0
        ? [['qrels.txt', qrelsLines(kept)]]
        : splits.map((split) => {
            const asked = kept.filter((question) => (question.split ?? split) === split);
            return [`qrels.${splitFileName(split)}.txt`, qrelsLines(asked)];
          });
    return {
      files: {
        ...(corpus !== undefined && { 'corpus.jsonl': corpusLines(corpus) }),
        'topics.tsv': topicLines(kept),
        ...Object.fromEntries(qrels),
      },
      kept: { questions: kept.length, documents: corpus?.length ?? 0, judgements },
    };
  },
};

/** A column of qrels ends at any white space; a topic that begins as a tag would be read as one. */
const isColumn = (id: string): boolean => /^\S+$/u.test(id) && !/^<top>/i.test(id) && isWritable(id);

const fitting = ({ relevant }: GoldenQuestion): [string, number][] =>
  [...relevant].filter(([id]) => isColumn(id));

/** TREC knows a question by its judgements: one without any, or that no document answers, has no place in it. */
function isTopic(question: GoldenQuestion, losses: Losses): boolean {
  const what = !question.answerable
    ? 'an unanswerable question: TREC has no word for it'
    : !isColumn(question.id)
      ? 'a question whose id holds white space'
      : fitting(question).length === 0
        ? 'a question without judgements'
        : undefined;
  if (what === undefined) return true;
  const where = placeOf(question);
  losses.add({ kind: 'no-topic', of: 'question', what, where, found: question.question });
  losses.add(
    { kind: 'no-topic', of: 'judgement', what: `judgements of ${what}`, where },
    question.relevant.size,
  );
  return false;
}

function keptJudgements(question: GoldenQuestion, losses: Losses): number {
  const where = placeOf(question);
  const kept = fitting(question);
  losses.add(
    { kind: 'id', of: 'judgement', what: 'judgements of documents whose ids hold white space', where },
    question.relevant.size - kept.length,
  );
  for (const [document, grade] of kept) {
    if (Number.isInteger(grade)) continue;
    const what = 'a grade that is no whole number: it is rounded, to 1 at least where it is above 0';
    losses.add({ kind: 'grade', of: 'detail', what, where, found: `${document}: ${grade}` });
  }
  if (topicText(question.question) !== question.question) {
    const what = 'line breaks, outer white space and control characters of a question: a topic is one line';
    losses.add({ kind: 'white-space', of: 'detail', what, where, found: question.question });
  }
  return kept.length;
}

function loseName(split: string, losses: Losses): void {
  losses.add({
    kind: 'split-name',
    of: 'detail',
    what: 'the name of a split that no file can bear: another is made of it',
    where: `split ${JSON.stringify(split)}`,
    found: splitFileName(split),
  });
}

function loseAll(question: GoldenQuestion, losses: Losses): void {
  const what = 'a question of no split stands in the qrels of every split';
  losses.add({ kind: 'split', of: 'detail', what, where: placeOf(question) });
}

const topicText = (text: string): string =>
  writable(text)
    .replace(/[\r\n]+/g, ' ')
    .trim();

function* topicLines(questions: readonly GoldenQuestion[]): Generator<string> {
  for (const { id, question } of questions) yield `${id}\t${topicText(question)}\n`;
}

function* qrelsLines(questions: readonly GoldenQuestion[]): Generator<string> {
  for (const question of questions) {
    for (const [document, grade] of fitting(question)) yield `${question.id} 0 ${document} ${whole(grade)}\n`;
  }
}

/** All digits: 1e21 would be no whole number to a reader of qrels. */
function whole(grade: number): string {
  const rounded = grade > 0 ? Math.max(1, Math.round(grade)) : Math.round(grade);
  return BigInt(rounded).toString();
}
