import { describe, expect, it } from 'vitest';
import { ResponseTable } from '../../src/load/responses.ts';
import type { TargetResponse } from '../../src/load/target.ts';
import { RESPONSE } from './fake-target.ts';

const passages = () => [{ documentId: 'fares', start: 0, end: 40 }];
const ranking = () => ({ ids: ['fares', 'pets'], scores: [2, 1] });

describe('response table', () => {
  it('keeps equal responses once a question, however often they come', () => {
    const table = new ResponseTable();
    const intern = (question: number) =>
      table.intern(question, { ...RESPONSE, passages: passages(), ranking: ranking(), citations: [0] });
    expect([intern(0), intern(1), intern(0), intern(1), intern(2)]).toEqual([0, 1, 0, 1, 2]);
    expect(table.size).toBe(3);
    expect(table.question(2)).toBe(2);
  });

  it.each<[string, Partial<TargetResponse>]>([
    ['answer', { answer: 'no' }],
    ['abstention', { abstained: true }],
    ['passage', { passages: [{ documentId: 'fares', start: 0, end: 41 }] }],
    ['passage without offsets', { passages: [{ documentId: 'fares', text: 'other' }] }],
    ['ranking', { ranking: { ids: ['pets', 'fares'], scores: [2, 1] } }],
    ['citation', { citations: [1] }],
    ['context', { contextSize: 1 }],
    ['hidden ranking', { ranking: undefined }],
  ])('keeps apart what differs in its %s', (_, difference) => {
    const table = new ResponseTable();
    const response = { ...RESPONSE, passages: passages(), ranking: ranking(), citations: [0] };
    expect(table.intern(0, response)).toBe(0);
    expect(table.intern(0, { ...response, ...difference })).toBe(1);
    expect(table.intern(0, { ...response })).toBe(0);
  });

  it('takes no longer for the thousandth answer to a question than for the tenth', () => {
    const table = new ResponseTable();
    for (let nth = 0; nth < 1000; nth += 1) table.intern(0, { ...RESPONSE, answer: `answer ${nth}` });
    let reads = 0;
    const watched = {
      ...RESPONSE,
      get answer() {
        reads += 1;
        return 'another one';
      },
    };
    expect(table.intern(0, watched)).toBe(1000);
    expect(reads).toBeLessThan(12);
  });

  it('keeps once the passages over which a model words each answer anew', () => {
    const table = new ResponseTable();
    for (let nth = 0; nth < 3; nth += 1) {
      table.intern(0, { ...RESPONSE, answer: `wording ${nth}`, passages: passages(), ranking: ranking() });
    }
    expect(table.size).toBe(3);
    expect(table.response(2).passages).toBe(table.response(0).passages);
    expect(table.response(2).ranking).toBe(table.response(0).ranking);
    expect(table.response(2).answer).toBe('wording 2');
  });
});
