import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { EXIT } from '../../src/kernel/errors.ts';
import type { RunRecord } from '../../src/records/schema.ts';

/** How a command of groundspeed's ended. */
export interface Ended {
  readonly exitCode: number | null;
  readonly seconds: number;
  /** What `--json` printed; null where that was no JSON. */
  readonly record: RunRecord | null;
  readonly stderr: string;
}

/** The built command line; GROUNDSPEED_CLI names another build. */
export const commandLine = (root: string): string =>
  process.env.GROUNDSPEED_CLI ?? join(root, 'dist/cli/main.js');

export interface Place {
  /** The project's folder. */
  readonly root: string;
  /** In which the command runs. */
  readonly folder: string;
  /** Told each line of its progress. */
  readonly progress?: (line: string) => void;
  /** Options of node's. */
  readonly node?: readonly string[];
  /** Besides the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command with `--json`, in a process of its own. */
export async function runCommand(args: readonly string[], place: Place): Promise<Ended> {
  const { root, folder, node = [], env = {} } = place;
  const began = performance.now();
  const child = spawn(process.execPath, [...node, commandLine(root), ...args, '--json'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...ownEnvironment(), ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const line of text.split('\n')) if (line.trim() !== '') place.progress?.(`  ${line}`);
  });
  const forget = endWithUs(child);
  const [exitCode] = (await once(child, 'close').finally(forget)) as [number | null];
  const seconds = (performance.now() - began) / 1000;
  return { exitCode, seconds, record: parsed(stdout), stderr };
}

/** A proof that is interrupted leaves no command behind, which would disturb the next one for minutes. */
function endWithUs(child: ChildProcess): () => void {
  const end = (): void => {
    child.kill('SIGTERM');
    process.exit(EXIT.interrupted);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, end);
  return () => {
    for (const signal of signals) process.off(signal, end);
  };
}

/** Of this process, but for what leads git or groundspeed elsewhere. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(GIT_|RAG_CONFIG_PATH$|NODE_V8_COVERAGE$)/.test(name)),
  );
}

function parsed(text: string): RunRecord | null {
  try {
    return JSON.parse(text) as RunRecord;
  } catch {
    return null;
  }
}
