import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { GroundspeedError, messageOf } from '../../kernel/errors.ts';
import { parseRecord, RECORD_FILE } from '../../records/codec.ts';
import type { RunRecord } from '../../records/schema.ts';
import { writeFileAtomically } from '../../system/atomic-file.ts';
import { nearest } from '../../text/nearest.ts';

/** Where baselines lie below the folder of reports. They belong in version control, which knows who accepted one, and when. */
export const BASELINES_FOLDER = 'baselines';

const ENDING = '.json';
const GIT = 'git:';

/** What a candidate is held against: a record, or a commit of the user's repository. */
export type Baseline =
  | { readonly kind: 'record'; readonly name: string; readonly file: string; readonly record: RunRecord }
  | { readonly kind: 'git'; readonly ref: string };

/** `reports/baselines/NAME.json`. Throws `usage.argument` for a name that is no plain file name. */
export function baselineFile(reports: string, name: string): string {
  refuseBadName(name, '--accept');
  return join(reports, BASELINES_FOLDER, `${name}${ENDING}`);
}

/** Refuses what would be a path, or a file that is hidden: names of baselines and of histories. `flag` gave it. */
export function refuseBadName(name: string, flag: string): void {
  if (isName(name)) return;
  throw new GroundspeedError(
    'usage.argument',
    `${JSON.stringify(name)} is not a name to file records under`,
    {
      where: flag,
      hint: 'Use letters, digits, . _ and -, 80 at most, beginning with a letter or a digit: main, release-2.',
    },
  );
}

const isName = (text: string): boolean => /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,79}$/u.test(text);

/**
 * Makes a record the baseline NAME, whole or not at all. Requests one by one stay with the run: a gate reads none.
 * Refuses what nothing may be held against: a run that was interrupted, and one that cannot be trusted.
 *
 * @returns the file
 */
export async function acceptBaseline(reports: string, name: string, record: RunRecord): Promise<string> {
  const file = baselineFile(reports, name);
  refuseUnfit(record);
  const { requests: _, ...kept } = record;
  await writeFileAtomically(file, `${JSON.stringify(kept)}\n`);
  return file;
}

function refuseUnfit(record: RunRecord): void {
  if (!record.complete) {
    throw new GroundspeedError('gate.baseline', `The run ${record.id} was interrupted, and is no baseline`, {
      hint: 'Run it again, to its end.',
    });
  }
  // Probes of a capacity search may well be invalid: the one past the limit of the generator, say.
  const phases = record.capacity ? [] : (record.load?.phases ?? []).filter(({ warmup }) => !warmup);
  const invalid = phases.filter(({ valid }) => !valid);
  if (invalid.length > 0) {
    throw new GroundspeedError('run.invalid', `The run ${record.id} cannot be trusted, and is no baseline`, {
      problems: invalid.flatMap(({ name, invalidReasons }) =>
        invalidReasons.map((reason) => `${name}: ${reason}`),
      ),
      hint: 'Run it again on a machine that does nothing else.',
    });
  }
  if (record.questions === undefined && phases.length === 0) {
    throw new GroundspeedError('gate.baseline', `The run ${record.id} holds neither questions nor load`, {
      hint: 'Accept a run of bench, evaluate or load.',
    });
  }
}

/**
 * What `--baseline` names: `git:REF`, an accepted baseline, or else a file or a run's folder.
 *
 * @throws GroundspeedError gate.baseline where there is none or it is damaged, record.version where another version wrote it
 */
export async function resolveBaseline(text: string, reports: string): Promise<Baseline> {
  if (text.startsWith(GIT)) return { kind: 'git', ref: refIn(text) };
  const accepted = isName(text) ? join(reports, BASELINES_FOLDER, `${text}${ENDING}`) : undefined;
  if (accepted !== undefined && (await isThere(accepted))) {
    return { kind: 'record', name: text, file: accepted, record: await readBaseline(accepted) };
  }
  if (!(await isThere(text))) throw await missing(text, reports);
  const file = (await stat(text)).isDirectory() ? join(text, RECORD_FILE) : text;
  return { kind: 'record', name: text, file, record: await readBaseline(file) };
}

function refIn(text: string): string {
  const ref = text.slice(GIT.length).trim();
  if (ref !== '') return ref;
  throw new GroundspeedError('usage.argument', 'git: names no commit', {
    where: '--baseline',
    hint: 'Write for example --baseline git:origin/main, git:v1.2 or git:HEAD~1.',
  });
}

/** The names of all that were accepted, in order. */
export async function listBaselines(reports: string): Promise<string[]> {
  const files = await readdir(join(reports, BASELINES_FOLDER)).catch(() => []);
  return files
    .filter((file) => file.endsWith(ENDING))
    .map((file) => file.slice(0, -ENDING.length))
    .sort();
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function missing(text: string, reports: string): Promise<GroundspeedError> {
  const names = await listBaselines(reports);
  const meant = nearest(text, names);
  const known =
    names.length === 0
      ? `None was accepted so far in ${join(reports, BASELINES_FOLDER)}.`
      : `Accepted are ${names.join(', ')}.`;
  const name = isName(text) ? text : 'NAME';
  return new GroundspeedError(
    'gate.baseline',
    `There is no baseline ${JSON.stringify(text)}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    {
      where: '--baseline',
      hint: `${known} groundspeed gate --accept ${name} makes one of a run of now, --record FOLDER --accept ${name} of a saved one.`,
    },
  );
}

async function readBaseline(file: string): Promise<RunRecord> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new GroundspeedError('gate.baseline', `Cannot read the baseline ${file}: ${messageOf(cause)}`, {
      where: file,
      hint: `Name an accepted baseline, the folder of a run, or its ${RECORD_FILE}.`,
      cause,
    });
  });
  try {
    return parseRecord(text, file);
  } catch (thrown) {
    if (!(thrown instanceof GroundspeedError)) throw thrown;
    const { code, message, problems, cause } = thrown;
    const hint = 'Accept one anew: groundspeed gate --accept NAME.';
    throw new GroundspeedError(code === 'record.version' ? code : 'gate.baseline', message, {
      where: file,
      hint: code === 'record.version' ? `Read it with the version that wrote it. ${hint}` : hint,
      problems,
      cause,
    });
  }
}
