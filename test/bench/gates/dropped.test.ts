import { describe, expect, it } from 'vitest';
import { alter, isFound, namedQuestions } from '../../../bench/gates/dropped.ts';
import { type Replies, replayServer, withoutTopRelevant } from '../../../bench/gates/replies.ts';
import { goldenQuestion } from '../../../src/datasets/golden.ts';
import { gateRecords } from '../../../src/experiments/gate/compare-records.ts';
import { gateOptions } from '../../../src/experiments/gate/options.ts';
import { gatePolicy } from '../../../src/experiments/gate/policy.ts';
import type { AnswerBody } from '../../../src/server/api/query-body.ts';
import { question, record } from '../../experiments/gate/made-records.ts';

const SEEDS = [20_260_514, 20_260_515, 20_260_516];
const policy = gatePolicy(gateOptions.parse({}));

const reply = (ids: readonly string[]): AnswerBody =>
  ({ answer: 'yes', sources: ids.map((id, index) => ({ id, rank: index + 1 })) }) as unknown as AnswerBody;
const ranking = (one: AnswerBody | undefined) => one?.sources.map(({ id, rank }) => [id, rank]);

const QUESTIONS = Array.from({ length: 400 }, (_, index) =>
  goldenQuestion({ id: `q${index}`, question: `Question ${index}?`, relevant: new Map([[`d${index}`, 1]]) }),
);
/** Half of the relevant documents stand first, a quarter second; for the last quarter none was found. */
const REPLIES: Replies = new Map(
  QUESTIONS.map(({ question: text }, index) => [
    text,
    reply(
      [
        [`d${index}`, 'x'],
        [`d${index}`, 'x', 'y'],
        ['x', `d${index}`],
        ['x', 'y'],
      ][index % 4]!,
    ),
  ]),
);

describe('a reply without its top-ranked relevant document', () => {
  it('loses all passages of that one, and the others move up', () => {
    const relevant = new Map([
      ['a', 2],
      ['b', 1],
      ['c', 0],
    ]);
    expect(ranking(withoutTopRelevant(reply(['c', 'b', 'x', 'b', 'a']), relevant))).toEqual([
      ['c', 1],
      ['x', 2],
      ['a', 3],
    ]);
    expect(withoutTopRelevant(reply(['c', 'x']), relevant)).toBeUndefined();
  });
});

describe('replies of which a twentieth is altered', () => {
  it.each(SEEDS)('are those of twenty questions of 400 for which something was found (seed %i)', (seed) => {
    const { replies, altered } = alter(REPLIES, QUESTIONS, seed);
    expect(new Set(altered).size).toBe(20);
    for (const [index, { id, question: text }] of QUESTIONS.entries()) {
      const lost = !replies.get(text)!.sources.some((source) => source.id === `d${index}`);
      expect(lost, id).toBe(altered.includes(id) || index % 4 === 3);
    }
    expect(alter(REPLIES, QUESTIONS, seed).altered).toEqual(altered);
  });

  it.each(SEEDS)('fail the gate, which names altered questions alone (seed %i)', (seed) => {
    const ndcg = (replies: Replies, index: number): number => {
      const rank = replies.get(`Question ${index}?`)!.sources.findIndex(({ id }) => id === `d${index}`);
      return rank < 0 ? 0 : 1 / Math.log2(rank + 2);
    };
    const runOf = (replies: Replies) =>
      record(QUESTIONS.map((_, index) => question(index, { ndcg: ndcg(replies, index) })));
    const gate = (candidate: Replies) =>
      gateRecords({ baseline: runOf(REPLIES), candidate: runOf(candidate), policy, seed });
    const { replies, altered } = alter(REPLIES, QUESTIONS, seed);
    const { verdict, rows } = gate(replies);
    expect(isFound({ exitCode: 4, verdict, rows })).toBe(true);
    expect(isFound({ exitCode: 0, verdict, rows })).toBe(false);
    const named = namedQuestions({ rows });
    expect(named).toHaveLength(5);
    for (const id of named) expect(altered).toContain(id);
    expect(gate(REPLIES).verdict).toBe('PASS');
  });
});

describe('the server of the replies', () => {
  it('answers as it was told last, and knows no other question', async () => {
    const server = await replayServer();
    try {
      const ask = async (query: string) => {
        const response = await fetch(server.url, { method: 'POST', body: JSON.stringify({ query }) });
        return { status: response.status, body: (await response.json()) as object };
      };
      expect((await ask('Question 0?')).status).toBe(404);
      server.reply(REPLIES);
      expect(await ask('Question 0?')).toEqual({ status: 200, body: REPLIES.get('Question 0?') });
      server.reply(new Map([['Question 0?', reply(['z'])]]));
      expect(await ask('Question 0?')).toEqual({ status: 200, body: reply(['z']) });
    } finally {
      await server.close();
    }
  });
});
