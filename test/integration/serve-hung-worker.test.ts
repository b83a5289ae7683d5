import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { workFolder } from '../cli/cli.ts';
import { childrenOf, isAlive, type Serving, send, startServe } from '../cli/serving.ts';
import { until } from '../server/made-app.ts';

/* Processes of the built program that are stopped for real. */

/** Milliseconds for a process to be replaced on a machine that has other things to do. */
const PATIENT = 60_000;
const work = workFolder();
const running: Serving[] = [];

afterEach(async () => {
  for (const one of running.splice(0)) {
    const members = childrenOf(one.child.pid!);
    one.child.kill('SIGKILL');
    await one.ended;
    for (const pid of members.filter(isAlive)) process.kill(pid, 'SIGKILL');
  }
});
afterAll(() => work.remove());

async function serve(index: string, patienceMs: number): Promise<Serving> {
  const settings = [
    'retrieval.mode=keyword',
    'embedding.provider=none',
    `server.workerPatienceMs=${patienceMs}`,
  ].flatMap((one) => ['--set', one]);
  const one = await startServe(['--index', index, '--workers', '2', ...settings], { cwd: work.path });
  running.push(one);
  return one;
}

const health = async ({ url }: Serving) => {
  const { status, body } = await send(`${url}/health`);
  return { status, json: JSON.parse(body) };
};

function processesOf({ child, index }: Serving): { writer: number; readers: number[] } {
  const lock = JSON.parse(readFileSync(join(work.path, index.path, 'lock.json'), 'utf8')) as { pid: number };
  return { writer: lock.pid, readers: childrenOf(child.pid!).filter((pid) => pid !== lock.pid) };
}

const lamps = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: `lamp-${from + index}`,
    text: `The lamp called L${from + index} costs ${from + index} crowns a day. `.repeat(20),
  }));

describe('a worker that hangs', () => {
  it('is killed and replaced, while the other one answers; the health counts them', async () => {
    const service = await serve('stopped', 1500);
    await send(`${service.url}/api/documents`, { documents: lamps(1, 3) });
    expect((await health(service)).json).toMatchObject({
      status: 'healthy',
      workers: { expected: 2, healthy: 2, away: 0, writer: 'working' },
    });
    const { readers } = processesOf(service);
    process.kill(readers[0]!, 'SIGSTOP');
    await until(() => !isAlive(readers[0]!), PATIENT);
    await until(async () => (await health(service)).json.workers.healthy === 2, PATIENT);
    const now = processesOf(service).readers;
    expect(now).toHaveLength(2);
    expect(now).toContain(readers[1]);
    for (let turn = 0; turn < 4; turn += 1) {
      const { status } = await send(`${service.url}/api/query`, { query: 'What does the lamp L2 cost?' });
      expect(status).toBe(200);
    }
    // It may be the writer: documents can be sent again once that is replaced.
    const { writer } = processesOf(service);
    process.kill(writer, 'SIGSTOP');
    await until(() => !isAlive(writer), PATIENT);
    await until(
      async () => (await send(`${service.url}/api/documents`, { documents: lamps(1, 1) })).status === 200,
      PATIENT,
    );
    const { code, err } = await service.stop();
    expect(code).toBe(0);
    for (const pid of [readers[0], writer]) {
      const lines = err.split('\n').filter((line) => line.includes(`${pid}`));
      expect(lines.filter((line) => /1500.*has said nothing|has said nothing.*1500/.test(line))).toHaveLength(
        1,
      );
      expect(lines.filter((line) => line.includes('it is replaced'))).toHaveLength(1);
    }
  });

  it('is not one that is busy: ingest and questions at once raise no alarm', async () => {
    const service = await serve('busy', 3000);
    const before = childrenOf(service.child.pid!).sort();
    let over = false;
    const asking = [0, 1, 2, 3].map(async () => {
      while (!over) await send(`${service.url}/api/query`, { query: 'What does the lamp L2 cost?' });
    });
    for (let round = 0; round < 6; round += 1) {
      const { status } = await send(`${service.url}/api/documents`, {
        documents: lamps(1 + 400 * round, 400),
      });
      expect(status).toBe(200);
    }
    over = true;
    await Promise.all(asking);
    expect(childrenOf(service.child.pid!).sort()).toEqual(before);
    expect((await service.stop()).err).not.toContain('has said nothing');
  });
});
