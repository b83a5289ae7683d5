import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Ids of the processes that a process has started and that live, in the order of their start where the system tells it. */
export async function childProcesses(pid: number): Promise<number[]> {
  const listed = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => pgrep(pid));
  return listed.trim().split(/\s+/).filter(Boolean).map(Number);
}

async function pgrep(pid: number): Promise<string> {
  try {
    return (await run('pgrep', ['-P', String(pid)])).stdout;
  } catch {
    return ''; // there are none
  }
}
