import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { quantile, sortSamples } from '../../src/statistics/quantiles.ts';

/** The service of a folder, running; asked by a client that shares nothing with what is proved. */
export interface DirectService {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startService(folder: string): Promise<DirectService> {
  const port = await freePort();
  // With a channel between them, it ends when this process does, however that ends.
  const child = spawn(process.execPath, ['service.mjs', String(port)], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    await becomesReady(url, child);
  } catch (thrown) {
    child.kill('SIGKILL');
    throw thrown;
  }
  return {
    url,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function becomesReady(url: string, child: ChildProcess): Promise<void> {
  for (let look = 0; look < 200; look += 1) {
    if (child.exitCode !== null) throw new Error(`the service ended with ${child.exitCode}`);
    const ready = await fetch(`${url}/health`)
      .then(({ ok }) => ok)
      .catch(() => false); // not there yet
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the service did not become ready within 10 s');
}

export interface DirectLoad {
  /** Requests a second, at even distances. */
  readonly rate: number;
  readonly seconds: number;
}

/** Medians, in milliseconds: from the request to the last byte, and of each stage as the service tells it. */
export interface DirectFigures {
  readonly median: number;
  readonly stages: Readonly<Record<string, number>>;
}

interface Reply {
  readonly stages: Readonly<Record<string, number>>;
}

/** The questions of a project, in their order. */
export function questionsIn(folder: string): string[] {
  return readFileSync(join(folder, 'golden/questions.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { question: string }).question);
}

/** Sends requests at even distances whatever becomes of them, and sums the answers up. */
export async function measureDirectly(
  { url }: Pick<DirectService, 'url'>,
  questions: readonly string[],
  { rate, seconds }: DirectLoad,
): Promise<DirectFigures> {
  const agent = new Agent({ keepAlive: true });
  const count = Math.round(rate * seconds);
  const began = performance.now();
  const answers: Promise<Answer>[] = [];
  while (answers.length < count) {
    while (answers.length < count && performance.now() - began >= (1000 * answers.length) / rate) {
      answers.push(ask(`${url}/api/query`, questions[answers.length % questions.length]!, agent));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const all = await Promise.all(answers).finally(() => agent.destroy());
  const names = Object.keys(all[0]!.stages);
  return {
    median: median(all.map(({ latency }) => latency)),
    stages: Object.fromEntries(names.map((name) => [name, median(all.map(({ stages }) => stages[name]!))])),
  };
}

interface Answer extends Reply {
  /** Milliseconds. */
  readonly latency: number;
}

function ask(url: string, question: string, agent: Agent): Promise<Answer> {
  const body = JSON.stringify({ query: question });
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method: 'POST',
      agent,
      headers: { 'content-length': Buffer.byteLength(body) },
    });
    sent.once('error', reject);
    sent.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.once('error', reject);
      response.once('end', () => {
        const latency = performance.now() - began;
        resolve({ latency, stages: (JSON.parse(text) as Reply).stages });
      });
    });
    sent.end(body);
  });
}

export const median = (values: readonly number[]): number => quantile(sortSamples(values), 0.5);

/**
 * How much slower the service of one folder is than that of another, end to end: the median over `pairs` pairs of the ratio of
 * their medians, less 1. Taken in turns, each first as often as the other; one pair before is not counted.
 */
export async function directChange(
  folders: { readonly before: string; readonly after: string },
  { pairs, ...load }: DirectLoad & { readonly pairs: number },
): Promise<{ readonly change: number; readonly before: DirectFigures; readonly after: DirectFigures }> {
  const questions = questionsIn(folders.before);
  const running: DirectService[] = [];
  try {
    for (const folder of [folders.before, folders.after]) running.push(await startService(folder));
    const taken: (readonly [DirectFigures, DirectFigures])[] = [];
    for (let pair = 0; pair <= pairs; pair += 1) {
      const order = pair % 2 === 0 ? [0, 1] : [1, 0];
      const figures: DirectFigures[] = [];
      for (const which of order) figures[which] = await measureDirectly(running[which]!, questions, load);
      if (pair > 0) taken.push([figures[0]!, figures[1]!]);
    }
    return {
      change: median(taken.map(([before, after]) => after.median / before.median)) - 1,
      before: summed(taken.map(([before]) => before)),
      after: summed(taken.map(([, after]) => after)),
    };
  } finally {
    await Promise.all(running.map((service) => service.stop()));
  }
}

/** Medians of the blocks' medians. */
function summed(all: readonly DirectFigures[]): DirectFigures {
  const names = Object.keys(all[0]!.stages);
  return {
    median: median(all.map((one) => one.median)),
    stages: Object.fromEntries(names.map((name) => [name, median(all.map(({ stages }) => stages[name]!))])),
  };
}
