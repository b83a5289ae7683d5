import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = process.env.GROUNDSPEED_CLI ?? fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** The file of the built program; GROUNDSPEED_CLI names another. */
export function builtProgram(): string {
  if (!existsSync(CLI)) throw new Error(`${CLI} is not there: npm run build makes it`);
  return realpathSync(CLI);
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly onStart?: (child: ChildProcess) => void;
  /** Called with all of stderr so far, each time that more comes. */
  readonly onStderr?: (text: string, child: ChildProcess) => void;
}

/** Runs the program to its end, with nothing of this process's environment but PATH. */
export function cli(
  argv: readonly string[],
  { cwd, env = {}, input = '', onStart, onStderr }: CliOptions,
): Promise<Ended> {
  const program = builtProgram();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...argv], {
      cwd,
      env: { PATH: process.env.PATH ?? '', ...env },
    });
    onStart?.(child);
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString('utf8');
      onStderr?.(err, child);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
    child.stdin.end(input);
  });
}

/** A folder of one's own with these files in it, and what takes it away. */
export function workFolder(files: Readonly<Record<string, string | Uint8Array>> = {}) {
  const path = mkdtempSync(join(tmpdir(), 'groundspeed-cli-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
