import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import { canonicalJson, sha256 } from '../kernel/digest.ts';

/** What a latency depends on, besides the code. Shaped as the record's `environment`. */
export interface Machine {
  readonly groundspeed: string;
  readonly node: string;
  readonly os: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly memoryLimitBytes: number;
  readonly packages: Record<string, string>;
  readonly git: { commit: string; dirty: boolean } | null;
  readonly fingerprint: string;
}

/** Packages whose version can change a number. */
const PACKAGES = [
  'better-sqlite3',
  'hnswlib-node',
  'openai',
  'lru-cache',
  'snowball-stemmers',
  'stopword',
  'tinybench',
];

export function describeMachine(): Machine {
  const hardware = {
    node: process.version,
    os: `${os.platform()} ${os.release()} ${os.arch()}`,
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
  };
  return {
    groundspeed: ownVersion(),
    ...hardware,
    memoryLimitBytes: memoryLimit(),
    packages: packageVersions(),
    git: gitState(),
    fingerprint: sha256(canonicalJson(hardware)),
  };
}

/** The version in this package's own package.json. */
export function ownVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Bytes that this process may use. Where nothing constrains it, the runtime says 0 or 2^64: then all there is. */
export function memoryLimit(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 && constrained <= os.totalmem() ? constrained : os.totalmem();
}

function packageVersions(): Record<string, string> {
  const require = createRequire(import.meta.url);
  const versions: Record<string, string> = {};
  for (const name of PACKAGES) {
    // Not `require(name/package.json)`: export maps hide it. A package that isn't installed is simply not listed.
    for (const folder of require.resolve.paths(name) ?? []) {
      try {
        const text = readFileSync(`${folder}/${name}/package.json`, 'utf8');
        versions[name] = (JSON.parse(text) as { version: string }).version;
        break;
      } catch {}
    }
  }
  return versions;
}

/** The commit of the folder that the command runs in, which is the user's own repository; null outside of one. */
function gitState(): Machine['git'] {
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 5000,
    }).trim();
  try {
    return { commit: git('rev-parse', 'HEAD'), dirty: git('status', '--porcelain') !== '' };
  } catch {
    return null;
  }
}
