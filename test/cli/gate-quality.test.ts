import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunRecord, recordSchema } from '../../src/records/schema.ts';
import { cli, workFolder } from './cli.ts';
import { cliHere } from './cli-here.ts';

/** What the engine said, question by question, served by HTTP; of every twentieth question the best relevant document is lost. */
const CONFIG = `
target:
  body: { question: "{{question}}" }
  response: { answer: answer, passages: passages, passageId: id }
`;
const work = workFolder({ 'groundspeed.yaml': CONFIG });

let asked: RunRecord;
let dropped: string[] = [];
const servers: ReturnType<typeof createServer>[] = [];

/** Rankings come from the record of a real run; without `drop` as they were. */
async function replaying({ drop }: { readonly drop: boolean }): Promise<string> {
  const byText = new Map(asked.questions!.map((one) => [one.question, one]));
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const { id, returned, expected } = byText.get(JSON.parse(body).question)!;
    const ranking = returned!.ranking ?? [];
    const best = ranking.find((document) => expected.relevant.includes(document));
    const kept = drop && dropped.includes(id) ? ranking.filter((document) => document !== best) : ranking;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ answer: returned!.answer, passages: kept.map((one) => ({ id: one })) }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/ask`;
}

const gate = (runs: typeof cliHere, ...flags: string[]) =>
  runs(['gate', '--config', 'groundspeed.yaml', '--dataset', 'tidewater', '--json', ...flags], {
    cwd: work.path,
  });

beforeAll(async () => {
  // Of its scores nothing is asked: one measure is enough.
  const { code, out, err } = await cliHere(
    ['evaluate', '--dataset', 'tidewater', '--measures', 'ndcg@10', '--json', '--quiet'],
    { cwd: work.path },
  );
  expect(code, err).toBe(0);
  asked = recordSchema.parse(JSON.parse(out));
  const found = asked.questions!.filter(({ returned, expected }) =>
    returned?.ranking?.some((document) => expected.relevant.includes(document)),
  );
  // 5 % of the questions, spread over all of them.
  const wanted = Math.round(0.05 * asked.questions!.length);
  dropped = found
    .filter((_, index) => index % Math.floor(found.length / wanted) === 0)
    .slice(0, wanted)
    .map(({ id }) => id);
  expect(dropped).toHaveLength(wanted);
});
afterAll(() => {
  for (const server of servers) server.close();
  work.remove();
});

describe('a gate of quality, from the command line', () => {
  it('passes what did not change, and fails where the best relevant document is lost for 5 % of the questions', async () => {
    expect(asked.questions!.length).toBeGreaterThanOrEqual(400);
    const before = await replaying({ drop: false });
    const accepted = await gate(cliHere, '--target', before, '--accept', 'main');
    expect(accepted.code, accepted.err).toBe(0);

    const same = await gate(cliHere, '--target', before, '--baseline', 'main');
    expect(same.code, same.err).toBe(0);
    expect(recordSchema.parse(JSON.parse(same.out)).gate).toMatchObject({
      verdict: 'PASS',
      questions: { changedRankings: 0, changedAnswers: 0 },
    });

    const worse = await gate(cli, '--target', await replaying({ drop: true }), '--baseline', 'main');
    expect(worse.code, worse.err).toBe(4);
    const { gate: verdict } = recordSchema.parse(JSON.parse(worse.out));
    expect(verdict).toMatchObject({ verdict: 'FAIL', questions: { changedRankings: dropped.length } });
    const row = verdict!.rows.find(({ name }) => name === 'ndcg@10')!;
    expect(row).toMatchObject({ verdict: 'FAIL', losses: dropped.length, wins: 0 });

    // Which kinds, where they end now, and which questions: all from the records.
    const kinds = new Map(asked.questions!.map(({ id, kind }) => [id, kind]));
    const moved = row.moved.join('\n');
    expect(
      [...new Set(dropped.map((id) => kinds.get(id)!))].some((kind) => moved.includes(`${kind}: lost`)),
    ).toBe(true);
    const named = [.../questions: (.*)/.exec(moved)![1]!.matchAll(/(\S+) \(/g)].map(([, id]) => id!);
    expect(named.length).toBeGreaterThan(0);
    for (const id of named) expect(dropped).toContain(id);

    const page = readFileSync(join(work.path, 'reports/latest/gate.md'), 'utf8');
    expect(page).toContain('FAIL');
    expect(page).toContain('ndcg@10');
    expect(readFileSync(join(work.path, 'reports/latest/junit.xml'), 'utf8')).toContain('<failure');
  });
});
