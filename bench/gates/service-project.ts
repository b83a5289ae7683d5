import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeSet } from './golden.ts';

/** What one stage does; the other settings of the service stay as they are. */
export interface StageWork {
  /** Documents that `retrieve` scores for a question. */
  readonly scorings: number;
  /** Median milliseconds of `generate`. */
  readonly generateMs: number;
}

export type StageName = 'retrieve' | 'generate';

const FILES = ['service.mjs', 'retrieve.mjs', 'generate.mjs'] as const;
const QUESTIONS = 200;

/** Nobody's settings but these: no global hooks, no signing, no name needed. */
const GIT_ENV = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.com',
};

/** A folder with the service, its golden set and its groundspeed.yaml, as a user has them. `root` is this project's folder. */
export function writeProject(folder: string, { root, seed }: { root: string; seed: number }): void {
  mkdirSync(join(folder, 'golden'), { recursive: true });
  for (const file of FILES) copyFileSync(join(root, 'bench/gates/service', file), join(folder, file));
  const { corpus, questions } = makeSet(QUESTIONS, seed);
  writeFileSync(join(folder, 'golden/corpus.jsonl'), corpus);
  writeFileSync(join(folder, 'golden/questions.jsonl'), questions);
  writeFileSync(join(folder, '.gitignore'), 'reports/\n.groundspeed/\n');
  writeFileSync(join(folder, 'groundspeed.yaml'), CONFIGURATION);
}

/** Arrivals at even distances: what is slower shall be the stage, not the queue before it. */
const CONFIGURATION = `target:
  preset: groundspeed
  url: http://127.0.0.1:{{port}}/api/query
  start: exec "${process.execPath}" service.mjs {{port}}
  ready: /health
load:
  arrivals: constant
`;

/** Sets what the stages do in the files of the folder. */
export function setWork(folder: string, { scorings, generateMs }: StageWork): void {
  setConstant(join(folder, 'retrieve.mjs'), 'SCORINGS', Math.round(scorings));
  setConstant(join(folder, 'generate.mjs'), 'MEDIAN_MS', generateMs);
}

function setConstant(file: string, name: string, value: number): void {
  const text = readFileSync(file, 'utf8');
  const line = new RegExp(`^const ${name} = .*;$`, 'm');
  if (!line.test(text)) throw new Error(`${file} has no constant ${name}`);
  writeFileSync(file, text.replace(line, `const ${name} = ${value};`));
}

/** Makes the folder a repository of its own and commits all there is. */
export function commitAll(folder: string): void {
  const git = (...args: string[]): void => {
    execFileSync('git', args, { cwd: folder, env: GIT_ENV, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '-m', 'The service as it is');
}
