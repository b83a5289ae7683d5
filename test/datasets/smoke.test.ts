import { describe, expect, it } from 'vitest';
import {
  asksInFrench,
  authoredSet,
  countOf,
  groups,
  holds,
  KINDS,
  quotes,
  wordCount,
} from './authored-set.ts';

const { corpus, questions, documents, textOf, ofKind, supersededBy } = authoredSet('smoke');
const answerable = questions.filter((question) => question.answerable);

describe('the corpus of the Larkfield Bicycle Library', () => {
  it('has twelve short documents, one of them in French', () => {
    expect(documents.size).toBe(12);
    expect(corpus).toHaveLength(12);
    const words = corpus.map(({ text }) => wordCount(text));
    expect(words.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(1_000);
    expect(Math.max(...words)).toBeLessThan(200);
    expect(corpus.filter(({ metadata }) => metadata.language === 'fr')).toHaveLength(1);
  });

  it('supersedes only documents that exist and are older', () => {
    const pairs = corpus.flatMap(({ id, metadata }) =>
      (metadata.supersedes ?? []).map((older) => [id, older] as const),
    );
    expect(pairs).toHaveLength(2);
    for (const [id, older] of pairs) {
      const [before, after] = [older, id].map((name) => documents.get(name)?.metadata.effective ?? '');
      expect(before !== '' && before! < after!, `${id} over ${older}`).toBe(true);
    }
  });
});

describe('the golden questions of the Larkfield Bicycle Library', () => {
  it('has every kind, five questions to develop with and fifteen to test with', () => {
    expect(new Set(questions.map(({ kind }) => kind))).toEqual(new Set(KINDS));
    expect(questions.filter(({ split }) => split === 'dev')).toHaveLength(5);
    expect(questions.filter(({ split }) => split === 'test')).toHaveLength(15);
    expect(new Set(questions.map(({ id }) => id)).size).toBe(20);
    expect(ofKind('unanswerable')).toHaveLength(2);
  });

  it('quotes its evidence verbatim and once, in documents that it judges relevant', () => {
    for (const question of questions) {
      for (const id of Object.keys(question.relevant)) expect(documents.has(id), id).toBe(true);
      for (const { document, quote } of quotes(question)) {
        expect(countOf(textOf(document), quote), `${question.id}: ${quote}`).toBe(1);
        expect(question.relevant[document], `${question.id}: ${document}`).toBeGreaterThan(0);
      }
    }
  });

  it('gives each answerable question, and no other, an answer: in its evidence, unless it is derived', () => {
    for (const question of answerable) {
      const found = quotes(question).some(({ quote }) => holds(quote, question.answers[0] ?? '?'));
      expect(found, question.id).toBe(question.derived !== true);
    }
    for (const { answers, evidence, relevant } of ofKind('unanswerable')) {
      expect([answers.length, evidence.length, Object.keys(relevant).length]).toEqual([0, 0, 0]);
    }
  });

  it('spreads multi-hop questions over two documents, and keeps forbidden values out of evidence and answers', () => {
    for (const question of ofKind('multi-hop')) {
      expect(groups(question).length, question.id).toBeGreaterThanOrEqual(2);
      expect(new Set(quotes(question).map(({ document }) => document)).size).toBeGreaterThanOrEqual(2);
    }
    for (const question of questions) {
      const told = [...quotes(question).map(({ quote }) => quote), ...question.answers];
      for (const value of question.forbidden ?? []) {
        expect(
          told.filter((text) => holds(text, value)),
          `${question.id}: ${value}`,
        ).toEqual([]);
      }
    }
  });

  it('asks superseded questions whose old value stands in the older document', () => {
    for (const { id, relevant, forbidden, ...rest } of ofKind('superseded')) {
      const newest = quotes({ id, relevant, ...rest })[0]?.document ?? '';
      const older = Object.keys(relevant).filter((document) => relevant[document] === 0);
      expect(older.length, id).toBeGreaterThan(0);
      for (const document of older) {
        expect(supersededBy(newest).has(document), id).toBe(true);
        expect(
          (forbidden ?? []).some((value) => holds(textOf(document), value)),
          id,
        ).toBe(true);
      }
    }
  });

  it('asks in French where the kind says so, and nowhere else', () => {
    for (const { id, kind, question } of questions)
      expect(asksInFrench(question), id).toBe(kind === 'other-language');
  });

  it('computes its derived answer: a student and a pair of brake blocks', () => {
    const pounds = (document: string, pattern: RegExp): number =>
      Number(pattern.exec(textOf(document))?.[1] ?? Number.NaN);
    const sum =
      pounds('membership', /student £([\d.]+\d)/) + pounds('workshop', /brake blocks £([\d.]+) a pair/);
    const derived = questions.filter((question) => question.derived);
    expect(derived.map(({ answers }) => answers[0])).toEqual([`£${sum.toFixed(2)}`]);
  });
});
