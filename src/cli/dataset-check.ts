import { readFile } from 'node:fs/promises';
import type { CheckResult } from '../datasets/checks/check.ts';
import { readSheet } from '../datasets/labels/sheet.ts';
import { checkSet, type SetCheck } from '../experiments/dataset-check/check-set.ts';
import { EXIT, GroundspeedError } from '../kernel/errors.ts';
import { counted } from '../reporting/format.ts';
import { writeFileAtomically } from '../system/atomic-file.ts';
import { renderSheet, sheetFormat } from './dataset-check-sheet.ts';
import { renderSetCheck } from './dataset-check-text.ts';
import { DEFAULT_SEED, type DisplayFlags } from './flags.ts';
import { datasetPath } from './golden-set.ts';
import { print, type World, wantsColour, widthOf } from './world.ts';

export interface DatasetCheckFlags extends DisplayFlags {
  readonly split?: string;
  /** An older copy of the set, or its manifest. */
  readonly against?: string;
  /** TREC run files of variants. */
  readonly pool?: readonly string[];
  readonly depth?: number;
  /** File for the labelling sheet, .csv or .jsonl. */
  readonly sheet?: string;
  readonly strict?: boolean;
}

const DEPTH = 10;

/** Checks a golden set: tells all that was found, then ends with `dataset.broken` where that is an error. */
export async function datasetCheck(world: World, dir: string, flags: DatasetCheckFlags): Promise<number> {
  const { sheet: file, pool, depth = DEPTH } = flags;
  refuseUseless(flags, depth);
  const format = file === undefined ? undefined : sheetFormat(file);
  if (file !== undefined) await refuseGrades(file);
  const path = await datasetPath(dir);
  const check = await checkSet(path, {
    split: flags.split,
    against: flags.against,
    pool,
    depth,
    sheet: file !== undefined,
    seed: DEFAULT_SEED,
  });
  if (file !== undefined && format !== undefined && check.sheet !== undefined) {
    await writeFileAtomically(file, renderSheet(check.sheet.rows, format));
  }
  await show(world, flags, { check, path, depth });
  refuseFound(check, flags);
  return EXIT.done;
}

function refuseUseless({ sheet, pool }: DatasetCheckFlags, depth: number): void {
  if (!Number.isSafeInteger(depth) || depth < 1) {
    throw new GroundspeedError('usage.argument', 'A whole number of 1 or more is needed', {
      where: '--depth',
    });
  }
  if (sheet === undefined || (pool?.length ?? 0) > 0) return;
  throw new GroundspeedError('usage.argument', 'A labelling sheet is made of what several rankings found', {
    where: '--sheet',
    hint: 'Give the run files of your variants with --pool (`groundspeed evaluate --run-file FILE` writes one).',
  });
}

/** Hours of somebody's work may stand in a sheet of that name. */
async function refuseGrades(file: string): Promise<void> {
  const bytes = await readFile(file).catch(() => undefined);
  if (bytes === undefined || isBlankSheet(bytes, file)) return;
  throw new GroundspeedError('dataset.exists', `${file} is there already, and is no sheet without grades.`, {
    where: '--sheet',
    hint: 'Take its grades in with `groundspeed dataset label` first, or name another file.',
  });
}

function isBlankSheet(bytes: Uint8Array, file: string): boolean {
  try {
    return readSheet(bytes, file).labels.length === 0;
  } catch {
    return false;
  }
}

interface Shown {
  readonly check: SetCheck;
  readonly path: string;
  readonly depth: number;
}

async function show(world: World, flags: DatasetCheckFlags, shown: Shown): Promise<void> {
  const { stdout, env } = world;
  if (flags.json) return print(stdout, `${JSON.stringify(documentOf(shown, flags), null, 2)}\n`);
  if (flags.quiet) return;
  const view = { colour: wantsColour(stdout, env, flags.color), width: widthOf(stdout, env) };
  await print(
    stdout,
    renderSetCheck({ ...shown, ...(flags.sheet !== undefined && { sheetFile: flags.sheet }) }, view),
  );
}

function documentOf({ check, path, depth }: Shown, { split, sheet: file }: DatasetCheckFlags) {
  const { set, checks, power, measured, judged, sheet } = check;
  return {
    set: {
      name: set.name,
      path,
      format: set.format,
      version: set.said.version ?? null,
      licence: set.said.licence ?? null,
      split: split ?? null,
      questions: set.questions.length,
      documents: set.documents?.size ?? null,
      questionsHash: set.questionsHash,
      corpusHash: set.corpusHash ?? null,
    },
    errors: countOf(checks, 'error'),
    warnings: countOf(checks, 'warning'),
    checks: checks.map((one) => ({ ...one, skipped: one.skipped ?? null })),
    power: { ...power, measured },
    judged: judged === undefined ? null : { depth, runs: judged },
    sheet: sheet === undefined ? null : { file: file ?? null, rows: sheet.rows.length, runs: sheet.runs },
  };
}

export function countOf(checks: readonly CheckResult[], severity: CheckResult['severity']): number {
  return checks
    .filter((one) => one.severity === severity)
    .reduce((sum, { findings }) => sum + findings.length, 0);
}

/** The findings are told already: what is thrown only counts them. */
function refuseFound({ set, checks }: SetCheck, { strict }: DatasetCheckFlags): void {
  const errors = countOf(checks, 'error');
  const warnings = countOf(checks, 'warning');
  const problems = (severity: CheckResult['severity']): string[] =>
    checks
      .filter((one) => one.severity === severity && one.findings.length > 0)
      .map(({ name, findings }) => `${name}: ${findings.length}`);
  if (errors > 0) {
    throw new GroundspeedError(
      'dataset.broken',
      `The checks of ${set.name} found ${counted(errors, 'error')}.`,
      {
        problems: problems('error'),
        hint: 'Mend them before you trust numbers measured on this set; --json lists them all.',
      },
    );
  }
  if (strict && warnings > 0) {
    throw new GroundspeedError(
      'dataset.warnings',
      `The checks of ${set.name} found ${counted(warnings, 'warning')}.`,
      {
        problems: problems('warning'),
        hint: 'Mend them, or leave out --strict.',
      },
    );
  }
}
