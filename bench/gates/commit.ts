import { execFileSync } from 'node:child_process';

/** The commit that is measured, and whether anything but results differs from it; for proofs whose runs may be of several. */
export function commitOf(root: string): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', '.', ':!bench/results') !== '';
  return `${git('rev-parse', 'HEAD').slice(0, 12)}${changed ? ', with changes' : ''}`;
}
