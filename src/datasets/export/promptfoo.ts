import type { GoldenQuestion } from '../golden.ts';
import type { Losses } from '../loss.ts';
import { corpusLines } from '../written-set.ts';
import { writable } from './cells.ts';
import { type Column, JSON_COLUMNS, tableText, WORD_COLUMNS } from './columns.ts';
import { type Exporter, placeOf, sumOf } from './exporter.ts';

export const promptfoo: Exporter = {
  name: 'promptfoo',
  writes:
    'tests.csv: the variable question, answers as __expected (icontains, icontains-any), each forbidden value as not-icontains, the rest as __metadata; and corpus.jsonl',
  write({ questions, corpus }, losses) {
    for (const question of questions) reportAliases(question, losses);
    const most = questions.reduce((max, { forbidden }) => Math.max(max, forbidden.length), 0);
    const more = Array.from({ length: most }, (_, index): Column => {
      const cell = ({ forbidden }: GoldenQuestion): string => {
        const value = forbidden[index];
        return value === undefined ? '' : `not-icontains:${value}`;
      };
      return { name: `__expected${index + 2}`, cell };
    });
    const columns: Column[] = [
      { name: 'question', cell: ({ question }) => question },
      { name: '__expected', cell: ({ answers }) => expected(answers) },
      ...more,
      { name: '__metadata:id', cell: ({ id }) => id },
      ...[...WORD_COLUMNS, ...JSON_COLUMNS].map(({ name, cell }) => ({ name: `__metadata:${name}`, cell })),
    ];
    return {
      files: {
        ...(corpus !== undefined && { 'corpus.jsonl': corpusLines(corpus) }),
        'tests.csv': tableText(questions, columns, losses),
      },
      kept: {
        questions: questions.length,
        documents: corpus?.length ?? 0,
        judgements: sumOf(questions, ({ relevant }) => relevant.size),
      },
    };
  },
};

/** promptfoo splits the values of `icontains-any` at commas, and knows no way to write one. */
const canStandAmongOthers = (answer: string): boolean => !answer.includes(',') && writable(answer) === answer;

function expected(answers: readonly string[]): string {
  const [first] = answers;
  if (first === undefined) return '';
  const several = answers.filter(canStandAmongOthers);
  return answers.length > 1 && several.length > 1
    ? `icontains-any:${several.join(',')}`
    : `icontains:${several[0] ?? first}`;
}

function reportAliases(question: GoldenQuestion, losses: Losses): void {
  const { answers } = question;
  if (answers.length < 2) return;
  const asked = answers.filter(canStandAmongOthers);
  for (const answer of answers) {
    if (asked.includes(answer) || (asked.length === 0 && answer === answers[0])) continue;
    losses.add({
      kind: 'alias',
      of: 'detail',
      what: 'an answer with a comma beside others: promptfoo cannot ask for it (it stays in the metadata)',
      where: placeOf(question),
      found: answer,
    });
  }
}
