import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STANDS_MS } from '../../src/server/standing-exposition.ts';
import { cli, workFolder } from '../cli/cli.ts';
import { childrenOf, isAlive, type Reply, type Serving, send, startServe } from '../cli/serving.ts';
import { until } from '../server/made-app.ts';
import { readExposition, valueIn } from '../telemetry/exposition.ts';

/*
 * The built program with several processes: real clusters, killed for real. To start one costs more than what is asked of it:
 * the tests of a group ask the same one, in their order.
 */

const work = workFolder();
const running: Serving[] = [];
let indexes = 0;

afterAll(async () => {
  for (const one of running.splice(0)) {
    one.child.kill('SIGKILL');
    await one.ended;
  }
  work.remove();
});

async function serve(argv: readonly string[] = [], index = `index-${++indexes}`): Promise<Serving> {
  const settings = ['retrieval.mode=keyword', 'embedding.provider=none'].flatMap((one) => ['--set', one]);
  const one = await startServe(['--index', index, '--workers', '2', ...settings, ...argv], {
    cwd: work.path,
  });
  running.push(one);
  return one;
}

const lamp = (number: number, crowns: number) => ({
  id: `lamp-${number}`,
  text: `The lamp called L${number} costs ${crowns} crowns a day.`,
});
const add = ({ url }: Serving, ...documents: object[]): Promise<Reply> =>
  send(`${url}/api/documents`, { documents });
const ask = ({ url }: Serving, query: string): Promise<Reply> => send(`${url}/api/query`, { query });
const askLamp = (service: Serving, number: number): Promise<Reply> =>
  ask(service, `What does the lamp L${number} cost?`);
/** As they are now: a reading stands for a moment. */
const metricsOf = async ({ url }: Serving) => {
  await new Promise((resolve) => setTimeout(resolve, STANDS_MS));
  return readExposition((await send(`${url}/metrics`)).body);
};
const answered = async (service: Serving): Promise<number> => {
  const families = await metricsOf(service);
  return valueIn(families, 'rag_queries_total', { outcome: 'answered' })!;
};

/** Of the processes of a service, the one that holds the index's lock, and those that answer. */
function processesOf({ child, index }: Serving): { writer: number; readers: number[] } {
  const lock = JSON.parse(readFileSync(join(work.path, index.path, 'lock.json'), 'utf8')) as { pid: number };
  return { writer: lock.pid, readers: childrenOf(child.pid!).filter((pid) => pid !== lock.pid) };
}

describe('a service of two workers', () => {
  let service: Serving;
  beforeAll(async () => {
    service = await serve();
  });

  it('shows through each what was taken in through one, and adds up what all of them count', async () => {
    expect(service.workers).toBe(2);
    expect((await ask(service, 'Anything?')).json.error.code).toBe('store.empty');
    let asked = 0;
    for (let number = 1; number <= 5; number += 1) {
      const { status, json } = await add(service, lamp(number, number * 11));
      expect([status, json.indexed]).toEqual([200, 1]);
      for (let turn = 0; turn < 4; turn += 1) {
        expect((await askLamp(service, number)).json.answer).toContain(`${number * 11} crowns`);
        asked += 1;
      }
    }
    await add(service, lamp(1, 99));
    for (let turn = 0; turn < 4; turn += 1) {
      expect((await askLamp(service, 1)).json.answer).toContain('99 crowns');
      asked += 1;
    }
    const families = await metricsOf(service);
    const value = (name: string, labels = {}) => valueIn(families, name, labels);
    expect(value('rag_queries_total', { outcome: 'answered' })).toBe(asked);
    expect(value('rag_requests_total', { method: 'POST', endpoint: '/api/query', status: '200' })).toBe(
      asked,
    );
    expect(value('rag_query_duration_seconds_count', { outcome: 'answered', cache: 'hit' })).toBeGreaterThan(
      0,
    );
    expect(value('rag_documents_processed_total', { result: 'indexed' })).toBe(6);
    expect(value('rag_index_documents', { index: 'main' })).toBe(5);
    expect(value('rag_workers')).toBe(2);
    expect(value('rag_worker_restarts_total', { role: 'reader' })).toBe(0);
  });

  it('answers every question while documents are taken in', async () => {
    await add(service, lamp(0, 7));
    let over = false;
    const statuses: number[] = [];
    const asking = [0, 1].map(async () => {
      while (!over) {
        const { status, json } = await askLamp(service, 0);
        statuses.push(status);
        expect(json.answer).toContain('7 crowns');
      }
    });
    for (let round = 1; round <= 8; round += 1) {
      const batch = Array.from({ length: 20 }, (_, index) => lamp(1000 * round + index, round));
      expect((await add(service, ...batch)).json.indexed).toBe(20);
    }
    over = true;
    await Promise.all(asking);
    expect(statuses.length).toBeGreaterThan(8);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('answers on while its writer is killed, loses no document that it confirmed, and takes in more', async () => {
    await add(service, lamp(1, 11), lamp(2, 22));
    const { writer } = processesOf(service);
    process.kill(writer, 'SIGKILL');
    await until(() => !isAlive(writer));
    expect((await askLamp(service, 1)).json.answer).toContain('11 crowns');
    await until(async () => (await add(service, lamp(3, 33))).status === 200);
    for (let turn = 0; turn < 2; turn += 1) {
      for (const number of [1, 2, 3]) {
        expect((await askLamp(service, number)).json.answer).toContain(`${number * 11} crowns`);
      }
    }
    expect(processesOf(service).writer).not.toBe(writer);
  });

  it('keeps its index to itself, and needs a place for each worker', async () => {
    const other = await cli(['serve', '--port', '0', '--index', service.index.path], { cwd: work.path });
    expect(other).toMatchObject({ code: 2, out: '' });
    expect(other.err).toContain('code: store.locked');
    const idle = await cli(
      ['serve', '--port', '0', '--index', 'idle', '--workers', '3', '--set', 'limits.maxConcurrentQueries=2'],
      { cwd: work.path },
    );
    expect(idle.code).toBe(2);
    expect(idle.err).toContain('server.workers is 3, but only 2');
    const taken = await cli(['serve', '--port', String(service.port), '--index', 'taken', '--workers', '2'], {
      cwd: work.path,
    });
    expect(taken.code).toBe(2);
    expect(taken.err).toContain('code: server.port');
  });

  it('goes on when a worker is killed, replaces it, and forgets nothing of what it had counted', async () => {
    await add(service, lamp(1, 11));
    const earlier = await answered(service);
    for (let turn = 0; turn < 10; turn += 1) await askLamp(service, 1);
    const before = await answered(service);
    expect(before).toBe(earlier + 10);
    const { readers } = processesOf(service);
    expect(readers).toHaveLength(2);
    process.kill(readers[0]!, 'SIGKILL');
    await until(() => !isAlive(readers[0]!));
    for (let turn = 0; turn < 4; turn += 1) expect((await askLamp(service, 1)).status).toBe(200);
    expect(await answered(service)).toBe(before + 4);
    await until(async () => valueIn(await metricsOf(service), 'rag_workers') === 2);
    const now = processesOf(service).readers;
    expect(now).toHaveLength(2);
    expect(now).not.toContain(readers[0]);
    for (let turn = 0; turn < 4; turn += 1)
      expect((await askLamp(service, 1)).json.answer).toContain('11 crowns');
    const families = await metricsOf(service);
    expect(valueIn(families, 'rag_queries_total', { outcome: 'answered' })).toBe(before + 8);
    expect(valueIn(families, 'rag_worker_restarts_total', { role: 'reader' })).toBe(1);
    const { code, err } = await service.stop();
    expect(code).toBe(0);
    const said = err.split('\n').filter((line) => line.includes(`${readers[0]}`));
    expect(said).toContainEqual(expect.stringMatching(/signal SIGKILL.*it is replaced/));
  });
});

/** Each of two workers answers one question at a time, and takes a while. */
const SLOW = [
  'generation.provider=simulated',
  'generation.simulated.firstTokenMs=1500',
  'limits.maxConcurrentQueries=2',
  'server.maxQueuedQueries=0',
].flatMap((one) => ['--set', one]);

describe('a service of two workers that answer slowly', () => {
  let service: Serving;
  beforeAll(async () => {
    service = await serve(SLOW);
  });

  it('lets every worker answer, each its share of the questions at once', async () => {
    await add(service, lamp(1, 11));
    const both = await Promise.all([askLamp(service, 1), ask(service, 'Which lamp is L1?')]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    const five = await Promise.all(
      [2, 3, 4, 5, 6].map((number) => ask(service, `And lamp L1, time ${number}?`)),
    );
    expect(five.filter(({ status }) => status === 200)).toHaveLength(2);
    for (const { status, headers } of five) {
      if (status === 503) expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
      else expect(status).toBe(200);
    }
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends at %s once all that is in flight is answered, and leaves no process',
    async (signal) => {
      const inFlight = [7, 8].map((number) => ask(service, `And lamp L1, time ${number}?`));
      await until(async () => valueIn(await metricsOf(service), 'rag_queries_in_flight') === 2);
      const members = childrenOf(service.child.pid!);
      expect(members).toHaveLength(3);
      // As a terminal does at Ctrl-C: to all of them.
      if (signal === 'SIGINT') for (const pid of members) process.kill(pid, signal);
      const ending = service.stop(signal);
      await until(async () => (await send(`${service.url}/health`)).json.status === 'draining');
      expect((await Promise.all(inFlight)).map(({ status }) => status)).toEqual([200, 200]);
      expect((await ending).code).toBe(0);
      expect(members.filter(isAlive)).toEqual([]);
      service = await serve(SLOW, service.index.path);
      expect(service.index.documents).toBe(1);
    },
  );

  it('ends all its processes when the first of them is killed', async () => {
    const members = childrenOf(service.child.pid!);
    service.child.kill('SIGKILL');
    await service.ended;
    await until(() => !members.some(isAlive));
  });
});
