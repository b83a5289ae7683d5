import autocannon from 'autocannon';
import { Pool } from 'undici';
import { requestsByConnection } from '../../../src/experiments/autocannon/requests.ts';
import { seededRandom } from '../../../src/kernel/random.ts';
import { RequestMaker } from '../../../src/load/targets/http/requests.ts';
import type { TargetDescription } from '../../../src/load/targets/http/target-description.ts';
import { driveHttp, httpSetup } from '../drive.ts';

/** The clients that are compared, each in a process of its own. */
export const CLIENTS = ['groundspeed', 'undici', 'autocannon'] as const;
export type ClientName = (typeof CLIENTS)[number];

export interface ClosedOrder {
  readonly client: ClientName;
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  /** Seconds before, which are not counted. */
  readonly warmup: number;
  readonly seed: number;
}

export interface ClosedFigures {
  readonly answered: number;
  readonly failed: number;
  readonly seconds: number;
  /** CPU that the client's process took meanwhile. */
  readonly cpuSeconds: number;
}

const RUN: Readonly<Record<ClientName, (order: ClosedOrder) => Promise<ClosedFigures>>> = {
  groundspeed,
  undici: bareLoop,
  autocannon: viaAutocannon,
};

/** Asks one question after the other on each connection, as fast as answers come. */
export function runClient(order: ClosedOrder): Promise<ClosedFigures> {
  return RUN[order.client](order);
}

/** With all that it records and watches; reading and judging the replies comes afterwards, and is not counted. */
async function groundspeed({ url, connections, seconds, warmup, seed }: ClosedOrder): Promise<ClosedFigures> {
  const { record } = await driveHttp({
    url,
    seed,
    shape: { loop: 'closed', concurrencies: [connections], duration: 1000 * seconds, thinkTimeMs: 0 },
    rules: { warmup: 1000 * warmup },
  });
  const { completed, errors, timeouts, throughputPerSecond, generator } = record.load!.phases.at(-1)!;
  const elapsed = completed / throughputPerSecond;
  return {
    answered: completed,
    failed: errors + timeouts,
    seconds: elapsed,
    cpuSeconds: generator.cpuShare * elapsed,
  };
}

/** What groundspeed asks of the server. */
function requestsOf({ url, seed }: ClosedOrder) {
  const { golden, target } = httpSetup({ url, seed });
  const { description } = target as { readonly description: TargetDescription };
  return { description, questions: golden.questions };
}

/** The HTTP client that groundspeed is made with, and nothing else: no time is taken and no answer kept. */
async function bareLoop(order: ClosedOrder): Promise<ClosedFigures> {
  const { description, questions } = requestsOf(order);
  const maker = new RequestMaker(description, []);
  const list = questions.map(({ question }, index) => maker.for(index, question));
  const pool = new Pool(new URL(order.url).origin, {
    connections: order.connections,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const loop = async (seconds: number): Promise<ClosedFigures> => {
    const count = { answered: 0, failed: 0 };
    const [began, cpu] = [performance.now(), process.cpuUsage()];
    const end = began + 1000 * seconds;
    let next = 0;
    const one = (done: () => void): void => {
      const again = (): void => (performance.now() < end ? one(done) : done());
      pool.dispatch(list[next++ % list.length]!, {
        onRequestStart: () => undefined,
        onResponseStart: () => undefined,
        onResponseData: () => undefined,
        onResponseEnd: () => {
          count.answered += 1;
          again();
        },
        onResponseError: () => {
          count.failed += 1;
          again();
        },
      });
    };
    await Promise.all(Array.from({ length: order.connections }, () => new Promise<void>(one)));
    return { ...count, ...since(began, cpu) };
  };
  await loop(order.warmup);
  const figures = await loop(order.seconds);
  await pool.destroy();
  return figures;
}

/** The package itself, with the same requests in turn. */
async function viaAutocannon(order: ClosedOrder): Promise<ClosedFigures> {
  const loop = async (duration: number): Promise<ClosedFigures> => {
    const [began, cpu] = [performance.now(), process.cpuUsage()];
    const result = await autocannon({
      url: order.url,
      connections: order.connections,
      duration,
      setupClient: requestsByConnection({
        ...requestsOf(order),
        connections: order.connections,
        order: { kind: 'sequential' },
        random: seededRandom(order.seed),
      }),
    });
    return { answered: result['2xx'], failed: result.errors + result.non2xx, ...since(began, cpu) };
  };
  await loop(order.warmup);
  return loop(order.seconds);
}

function since(began: number, before: NodeJS.CpuUsage): Pick<ClosedFigures, 'seconds' | 'cpuSeconds'> {
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - began) / 1000, cpuSeconds: (user + system) / 1e6 };
}
