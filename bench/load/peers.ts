import { spawn } from 'node:child_process';
import { accessSync, constants, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { quantile, sortSamples } from '../../src/statistics/quantiles.ts';
import { inTemporaryFolder } from '../harness/temporary-folder.ts';

/** The quantiles that every peer can be asked for. */
export const PEER_QUANTILES = [0.5, 0.9, 0.975, 0.99] as const;

/** What a load generator said of the target, in its own figures. */
export interface PeerFigures {
  /** As one would type it. */
  readonly command: string;
  /** Milliseconds, by PEER_QUANTILES; undefined where the program is not on this machine. */
  readonly latency: readonly number[] | undefined;
  readonly requestsPerSecond: number;
}

export interface PeerLoad {
  readonly url: string;
  readonly seconds: number;
  readonly connections: number;
  /** Requests per second; without it as fast as answers come. */
  readonly rate?: number;
}

/** The peers that the package registries offer, each as it would be used for such a load. */
export const PEERS = {
  autocannon,
  hey,
  wrk,
} as const satisfies Record<string, (load: PeerLoad) => Promise<PeerFigures>>;

/** Percentiles that autocannon's JSON holds. */
interface AutocannonResult {
  readonly latency: Readonly<Record<'p50' | 'p90' | 'p97_5' | 'p99', number>>;
  readonly requests: { readonly average: number };
}

/** `rate` is `-R`, its overall rate. */
async function autocannon({ url, seconds, connections, rate }: PeerLoad): Promise<PeerFigures> {
  const args = ['-c', `${connections}`, '-d', `${seconds}`, ...(rate === undefined ? [] : ['-R', `${rate}`])];
  const script = createRequire(import.meta.url).resolve('autocannon');
  const stdout = await run(process.execPath, [script, ...args, '--json', url]);
  const { latency, requests } = JSON.parse(stdout) as AutocannonResult;
  return {
    command: `autocannon ${args.join(' ')}`,
    latency: [latency.p50, latency.p90, latency.p97_5, latency.p99],
    requestsPerSecond: requests.average,
  };
}

/** `rate` is shared among its workers, for which alone it has a flag (`-q`). Quantiles are taken of its own list of requests. */
async function hey({ url, seconds, connections, rate }: PeerLoad): Promise<PeerFigures> {
  const pace = rate === undefined ? [] : ['-q', `${rate / connections}`];
  const args = ['-z', `${seconds}s`, '-c', `${connections}`, ...pace];
  const command = `hey ${args.join(' ')}`;
  if (!isThere('hey')) return absent(command);
  const stdout = await run('hey', [...args, '-o', 'csv', url]);
  const times = stdout
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => 1000 * Number.parseFloat(line));
  const sorted = sortSamples(times);
  return {
    command,
    latency: PEER_QUANTILES.map((p) => quantile(sorted, p)),
    requestsPerSecond: times.length / seconds,
  };
}

/** Prints its quantiles, in microseconds, and the requests and the microseconds of the run. */
const WRK_SCRIPT = `done = function(summary, latency, requests)
  io.write(string.format("%d %d", summary.requests, summary.duration))
  for _, p in ipairs({${PEER_QUANTILES.map((p) => 100 * p).join(', ')}}) do
    io.write(string.format(" %d", latency:percentile(p)))
  end
end
`;

/** Knows no rate: a closed loop. */
function wrk({ url, seconds, connections }: PeerLoad): Promise<PeerFigures> {
  const args = ['-t', '1', '-c', `${connections}`, '-d', `${seconds}s`];
  const command = `wrk ${args.join(' ')}`;
  if (!isThere('wrk')) return Promise.resolve(absent(command));
  return inTemporaryFolder(async (folder) => {
    const script = join(folder, 'quantiles.lua');
    writeFileSync(script, WRK_SCRIPT);
    const stdout = await run('wrk', [...args, '-s', script, url]);
    const [requests, micros, ...latency] = stdout.trim().split('\n').at(-1)!.split(' ').map(Number);
    return {
      command,
      latency: latency.map((value) => value / 1000),
      requestsPerSecond: requests! / (micros! / 1e6),
    };
  });
}

function absent(command: string): PeerFigures {
  return { command, latency: undefined, requestsPerSecond: Number.NaN };
}

export function isThere(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** What the program prints. */
function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (piece) => {
      stdout += piece;
    });
    child.stderr.setEncoding('utf8').on('data', (piece) => {
      stderr += piece;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`${command} ended with ${code}: ${stderr.slice(0, 500)}`));
    });
  });
}
