import { mkdtempSync, rmSync } from 'node:fs';
import { realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { GroundspeedError } from '../../kernel/errors.ts';
import { nearest } from '../../text/nearest.ts';
import { type GitPlace, git, gitAtOnce, gitOrNothing, refused } from './git.ts';

/** A commit of the user's repository, checked out beside it. */
export interface WorkTree {
  /** In full. */
  readonly commit: string;
  /** The folder that corresponds to the one the command runs in. */
  readonly folder: string;
  /** Files of the user's own tree that differ from its last commit, or that git does not know. */
  readonly changedFiles: number;
  /** What whoever reads the verdict must know. */
  readonly notes: readonly string[];
}

/** Where `ref` is looked for: `folder` is what the command runs in. */
export interface WorkTreePlace extends GitPlace {
  /** Folder for temporary ones; by default the system's. */
  readonly temporary?: string;
}

const PREFIX = 'groundspeed-gate-';

/**
 * Checks `ref` out into a temporary folder for as long as `work` takes. The user's own checkout (its files, index, branch and
 * stashes) is never touched; hooks do not run. However `work` ends, by a second Ctrl-C even, the folder is taken away, and
 * git forgets it.
 *
 * @throws GroundspeedError gate.git where this is no repository, has no such commit, or it cannot be checked out
 */
export async function withWorkTree<T>(
  ref: string,
  place: WorkTreePlace,
  work: (tree: WorkTree) => Promise<T>,
): Promise<T> {
  const root = await repositoryRoot(place);
  const commit = await resolveCommit(ref, place);
  const changedFiles = await countChanged(place);
  const holder = await realpath(mkdtempSync(join(place.temporary ?? tmpdir(), PREFIX)));
  const checkout = join(holder, 'tree');
  const atExit = (): void => removeAtOnce(checkout, holder, place);
  process.once('exit', atExit); // a second Ctrl-C ends the process at once
  try {
    await checkOut(commit, checkout, place);
    const folder = join(checkout, relative(root, await realpath(place.folder)));
    await refuseWithoutFolder(folder, { ref, inRepository: relative(checkout, folder) });
    const notes = [...dirtyNote(changedFiles, ref), ...(await submoduleNote(checkout))];
    return await work({ commit, folder, changedFiles, notes });
  } finally {
    await remove(checkout, holder, place);
    process.off('exit', atExit);
  }
}

async function repositoryRoot(place: GitPlace): Promise<string> {
  let told: readonly string[] = [];
  const root = await git(['rev-parse', '--show-toplevel'], place).catch((thrown: unknown) => {
    if (!refused(thrown)) throw thrown;
    told = thrown.problems; // it may be one, but of somebody whom git does not trust
    return '';
  });
  if (root !== '') return realpath(root);
  throw new GroundspeedError('gate.git', `${place.folder} is in no git repository's work tree`, {
    where: '--baseline',
    problems: told,
    hint: 'Run it in the repository of the system under test, or name a saved record: --baseline NAME.',
  });
}

async function resolveCommit(ref: string, place: GitPlace): Promise<string> {
  // --end-of-options: a ref that begins with a dash is none of git's own flags.
  const commit = await gitOrNothing(
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`],
    place,
  );
  if (commit !== undefined) return commit;
  const names =
    (await gitOrNothing(
      ['for-each-ref', '--format=%(refname:short)', 'refs/heads', 'refs/tags', 'refs/remotes'],
      place,
    )) ?? '';
  const meant = nearest(ref, names.split('\n').filter(Boolean));
  const shallow = (await gitOrNothing(['rev-parse', '--is-shallow-repository'], place)) === 'true';
  throw new GroundspeedError(
    'gate.git',
    `The repository has no commit ${JSON.stringify(ref)}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    {
      where: '--baseline',
      hint: shallow
        ? 'This clone is shallow: fetch the commit first (actions/checkout with fetch-depth: 0, or git fetch --unshallow).'
        : 'Name a branch, a tag or a commit that git rev-parse knows; git fetch brings those of the remote.',
    },
  );
}

/** Reading the state may refresh the index, unless it is told not to: the user may be using it. */
async function countChanged(place: GitPlace): Promise<number> {
  const status = await git(['--no-optional-locks', 'status', '--porcelain'], place);
  return status === '' ? 0 : status.split('\n').length;
}

async function checkOut(commit: string, checkout: string, place: GitPlace): Promise<void> {
  // Hooks are the user's, for their own checkout: this one must start nothing.
  await git(
    ['-c', 'core.hooksPath=/dev/null', 'worktree', 'add', '--quiet', '--detach', checkout, commit],
    place,
  ).catch((thrown: unknown) => {
    if (!refused(thrown)) throw thrown;
    throw new GroundspeedError('gate.git', `The commit ${commit.slice(0, 12)} cannot be checked out`, {
      problems: thrown.problems,
      hint: `Try git worktree add --detach /tmp/try ${commit.slice(0, 12)}, and mend what it says.`,
      cause: thrown.cause,
    });
  });
}

async function refuseWithoutFolder(
  folder: string,
  { ref, inRepository }: { ref: string; inRepository: string },
): Promise<void> {
  if (await stat(folder).catch(() => undefined)) return;
  throw new GroundspeedError('gate.git', `At ${ref} there is no folder ${inRepository} yet`, {
    where: '--baseline',
    hint: 'Name a later commit, or run it in a folder that both commits have.',
  });
}

function dirtyNote(changed: number, ref: string): string[] {
  if (changed === 0) return [];
  const files = changed === 1 ? '1 file differs' : `${changed} files differ`;
  return [
    `The git tree is dirty: ${files} from the last commit. What is compared is the tree as it is now against ${ref}.`,
  ];
}

async function submoduleNote(checkout: string): Promise<string[]> {
  const has = await stat(join(checkout, '.gitmodules')).catch(() => undefined);
  return has
    ? ['Submodules are not checked out in the work tree of the baseline: its start must do that.']
    : [];
}

/**
 * Without the signal: what is taken away because of an interruption must not be interrupted by it. Where git was stopped in
 * the middle it may refuse a half-made tree, but not one that is no more. (`worktree prune` would also forget trees of the
 * user's that are on a disk not mounted just now.)
 */
async function remove(checkout: string, holder: string, place: GitPlace): Promise<void> {
  const lasting = { folder: place.folder, env: place.env };
  const forget = (): Promise<unknown> => git(forgetting(checkout), lasting).catch(() => undefined);
  await forget();
  await rm(holder, { recursive: true, force: true, maxRetries: 3 });
  await forget();
}

function removeAtOnce(checkout: string, holder: string, place: GitPlace): void {
  gitAtOnce(forgetting(checkout), place);
  rmSync(holder, { recursive: true, force: true });
  gitAtOnce(forgetting(checkout), place);
}

/** Forced twice, since git locks a tree while it makes it. */
const forgetting = (checkout: string): string[] => ['worktree', 'remove', '--force', '--force', checkout];
