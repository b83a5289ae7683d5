import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A real git repository of one's own, in a temporary folder. */
export interface Repository {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  git(...args: string[]): string;
  write(path: string, text: string): void;
  read(path: string): string;
  /** Commits all there is; the commit. */
  commit(message: string): string;
  /** All that a user could lose: branch, index, files that differ, stashes, work trees. */
  state(): unknown;
  remove(): void;
}

/** Nobody's settings but these: no global hooks, no signing, no name needed. */
const ENV = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.com',
};

export function temporaryRepository(): Repository {
  const folder = mkdtempSync(join(tmpdir(), 'groundspeed-repository-'));
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      cwd: folder,
      env: ENV,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trimEnd();
  git('init', '--quiet', '--initial-branch=main');
  return {
    folder,
    env: ENV,
    git,
    write(path, text) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    commit(message) {
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '-m', message);
      return git('rev-parse', 'HEAD');
    },
    state: () => ({
      head: git('symbolic-ref', 'HEAD'),
      commit: git('rev-parse', 'HEAD'),
      status: git('--no-optional-locks', 'status', '--porcelain=v2'),
      index: readFileSync(join(folder, '.git', 'index')).toString('base64'),
      stashes: git('stash', 'list'),
      trees: git('worktree', 'list', '--porcelain'),
    }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
