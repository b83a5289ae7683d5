import { execFile, execFileSync } from 'node:child_process';
import { GroundspeedError, messageOf } from '../../kernel/errors.ts';

/** How git is asked: where, with which environment, and until when. */
export interface GitPlace {
  /** A folder of the repository. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Variables that tie git to one repository. A hook, from which a gate may well be called, sets them: with them, whatever is
 * done in another work tree would be done to the user's own.
 */
const TIES = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_COMMON_DIR',
  'GIT_PREFIX',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_NAMESPACE',
];

/** The environment without what ties git to one repository; messages are English, and nobody is asked for a password. */
export function gitEnvironment(env: GitPlace['env']): Record<string, string> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !TIES.includes(entry[0]),
  );
  return { ...Object.fromEntries(kept), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' };
}

/** A big repository takes its time to check out; none takes an hour. */
const PATIENCE_MS = 3_600_000;
const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;

/** What git printed, without the last line's end. Rejects with its complaint, or with the signal's reason. */
export function git(args: readonly string[], { folder, env, signal }: GitPlace): Promise<string> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    execFile(
      'git',
      [...args],
      {
        cwd: folder,
        env: gitEnvironment(env),
        encoding: 'utf8',
        timeout: PATIENCE_MS,
        maxBuffer: MOST_OUTPUT_BYTES,
        ...(signal && { signal }),
      },
      (error, out, complaint) => {
        if (error === null) resolve(out.trimEnd());
        else reject(signal?.aborted ? signal.reason : failure(args, error, complaint));
      },
    );
  });
}

/** The same for the last moments of a process, in which nothing can be waited for. Its failure is nobody's news. */
export function gitAtOnce(args: readonly string[], { folder, env }: GitPlace): void {
  try {
    execFileSync('git', [...args], {
      cwd: folder,
      env: gitEnvironment(env),
      stdio: 'ignore',
      timeout: 10_000,
    });
  } catch {}
}

/** What git answers; undefined where it refuses. */
export function gitOrNothing(args: readonly string[], place: GitPlace): Promise<string | undefined> {
  return git(args, place).catch((thrown: unknown) => {
    if (refused(thrown)) return undefined;
    throw thrown;
  });
}

/** Whether git was asked, and did not do it. */
export function refused(thrown: unknown): thrown is GroundspeedError {
  return thrown instanceof GroundspeedError && thrown.code === 'gate.git' && !isMissing(thrown.cause);
}

const isMissing = (cause: unknown): boolean => (cause as { code?: unknown } | undefined)?.code === 'ENOENT';

function failure(args: readonly string[], error: Error, complaint: string): GroundspeedError {
  if (isMissing(error)) {
    return new GroundspeedError('gate.git', 'git cannot be started', {
      hint: 'Install git, or compare with a saved record instead: --baseline NAME.',
      cause: error,
    });
  }
  const lines = complaint.split('\n').filter((line) => line.trim() !== '');
  return new GroundspeedError('gate.git', `git ${args.find((one) => !one.startsWith('-'))} failed`, {
    problems: lines.length > 0 ? lines.slice(-5) : [messageOf(error)],
    cause: error,
  });
}
