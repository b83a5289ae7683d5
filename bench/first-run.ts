import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { GroundspeedError } from '../src/kernel/errors.ts';
import type { BenchProgram } from './harness/program.ts';
import { atMost, fixed, type Report } from './harness/report.ts';
import { inTemporaryFolder } from './harness/temporary-folder.ts';

/** What a newcomer waits for after `npm ci`: `npm run bench`, its build included, with no index there. */
export const firstRun: BenchProgram = {
  usage: '[--profile NAME]',
  options: { profile: undefined },
  run: ({ values: { profile } }, { root }) =>
    inTemporaryFolder(async (folder) => {
      const own = profile === undefined ? [] : ['--profile', profile];
      const args = ['--index', join(folder, 'index'), '--output', join(folder, 'reports'), ...own];
      return report(timeBench(root, args), profile);
    }),
};

function timeBench(root: string, args: readonly string[]): number {
  const start = performance.now();
  const { status } = spawnSync('npm', ['run', 'bench', '--', ...args], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) {
    throw new GroundspeedError('run.invalid', `npm run bench ended with ${status}`, {
      hint: 'What it says stands above.',
    });
  }
  return seconds;
}

function report(seconds: number, profile: string | undefined): Report {
  return {
    title: 'The first run',
    about:
      'Wall time of `npm run bench` after `npm ci`: it compiles the project, indexes the golden set that comes with it, measures quality, drives load, and writes its report.',
    tables: [
      {
        caption: 'Wall time',
        columns: ['run', 'seconds'],
        rows: [[profile ?? 'default profile', fixed(seconds, 0)]],
      },
    ],
    bounds:
      profile === undefined
        ? [atMost({ what: '`npm run bench` after install', found: seconds, limit: 180, unit: 's' })]
        : [],
  };
}
