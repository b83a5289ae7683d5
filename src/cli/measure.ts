import { readFile } from 'node:fs/promises';
import { decodeText } from '../datasets/lines.ts';
import { parseQrels, parseRun, type Qrels } from '../datasets/trec.ts';
import { EXIT, GroundspeedError, messageOf } from '../kernel/errors.ts';
import { isRetrievalMeasure, type RetrievalMeasure } from '../measures/measure.ts';
import { DEFAULT_MEASURES, parseMeasures } from '../measures/registry.ts';
import { measureRun, type RunScores } from '../measures/trec-run.ts';
import { counted } from '../reporting/format.ts';
import { visible } from '../reporting/plain.ts';
import type { DisplayFlags } from './flags.ts';
import { readDataset } from './golden-set.ts';
import { measureAnswers } from './measure-answers.ts';
import { progressOf } from './progress.ts';
import { alignedRows } from './table.ts';
import { print, type World } from './world.ts';

export interface MeasureFlags extends DisplayFlags {
  readonly qrels?: string;
  readonly run?: string;
  readonly answers?: string;
  readonly dataset?: string;
  readonly split?: string;
  readonly measures?: string;
  readonly perQuestion?: boolean;
  readonly slices?: boolean;
}

/**
 * Measures of files that something else made: of a TREC run, as trec_eval has them, by judgements or a golden set; or of
 * answers, by a golden set or their own references.
 */
export function measure(world: World, flags: MeasureFlags): Promise<number> {
  const { answers, ...rest } = flags;
  if (answers === undefined) return measureTrec(world, flags);
  const trec = rest.run !== undefined ? '--run' : rest.qrels !== undefined ? '--qrels' : undefined;
  if (trec !== undefined) {
    throw new GroundspeedError('usage.argument', `--answers and ${trec} do not go together`, {
      where: trec,
      hint: 'Measure one file at a time: --answers with --dataset, or --run with --qrels.',
    });
  }
  return measureAnswers(world, { ...flags, answers });
}

/** A line a measure, or with --per-question a line a measure and question, then the means. */
async function measureTrec(world: World, flags: MeasureFlags): Promise<number> {
  const { run: runFile } = flags;
  if (runFile === undefined) {
    throw new GroundspeedError('usage.argument', 'There is nothing to measure', {
      where: '--run',
      hint: 'Name a TREC run with --run (and --qrels or --dataset), or answers with --answers.',
    });
  }
  if (flags.slices) {
    throw new GroundspeedError('usage.argument', 'A TREC run has no slices', {
      where: '--slices',
      hint: 'Slices are of answers (--answers) to a golden set (--dataset).',
    });
  }
  const measures = retrievalMeasures(flags.measures);
  const qrels = await judgements(world, flags);
  const run = parseRun(await readText(runFile, '--run'), runFile);
  const missing = [...qrels.keys()].filter((question) => !run.has(question)).length;
  if (missing > 0) {
    progressOf(world, flags).warn(
      `${runFile} has no results for ${missing} of the ${counted(qrels.size, 'judged question')}: ${missing === 1 ? 'it counts' : 'they count'} as 0`,
    );
  }
  const scores = measureRun({ qrels, run, measures });
  await print(world.stdout, flags.json ? asJson(scores, flags) : asTable(scores, flags));
  return EXIT.done;
}

/** From a file, or the documents that a golden set holds to be relevant. */
async function judgements(world: World, flags: MeasureFlags): Promise<Qrels> {
  const { qrels: file, dataset } = flags;
  if ((file === undefined) === (dataset === undefined)) {
    throw new GroundspeedError(
      'usage.argument',
      file === undefined ? 'A run needs judgements' : '--qrels and --dataset do not go together',
      { where: '--qrels', hint: 'Name a file with --qrels, or a golden set with --dataset: one of the two.' },
    );
  }
  const qrels =
    file === undefined
      ? await qrelsOfSet(world, flags, dataset!)
      : parseQrels(await readText(file, '--qrels'), file);
  if (qrels.size > 0) return qrels;
  throw new GroundspeedError('dataset.empty', `${file ?? dataset} holds no judgement`, {
    where: file === undefined ? '--dataset' : '--qrels',
    hint:
      file === undefined
        ? 'A run is measured by relevant documents, which the questions of this set do not name.'
        : 'Look for an empty or truncated file.',
  });
}

async function qrelsOfSet(world: World, flags: MeasureFlags, dataset: string): Promise<Qrels> {
  const { questions } = await readDataset({ dataset, split: flags.split }, progressOf(world, flags));
  return new Map(
    questions
      .filter(({ answerable, relevant }) => answerable && relevant.size > 0)
      .map(({ id, relevant }) => [id, relevant]),
  );
}

function retrievalMeasures(names: string | undefined): RetrievalMeasure[] {
  if (names === undefined) return parseMeasures(DEFAULT_MEASURES).filter(isRetrievalMeasure);
  const measures = parseMeasures(names.split(','));
  const others = measures.filter((measure) => !isRetrievalMeasure(measure)).map(({ name }) => name);
  if (others.length === 0) return measures.filter(isRetrievalMeasure);
  throw new GroundspeedError('usage.argument', `TREC files hold no answers to take ${others.join(', ')} of`, {
    where: '--measures',
    hint: 'Measures of answers are taken of --answers, and by `groundspeed evaluate`.',
  });
}

async function readText(file: string, flag: string): Promise<string> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new GroundspeedError('dataset.missing', `Cannot read ${file}: ${messageOf(cause)}`, {
      where: file,
      hint: `Name a file in TREC format with ${flag}.`,
      cause,
    });
  });
  return decodeText(bytes, file);
}

function asJson({ means, perQuestion }: RunScores, flags: MeasureFlags): string {
  const content = { measures: means, ...(flags.perQuestion && { perQuestion }) };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** trec_eval's word for the mean over all questions. */
const ALL = 'all';

function asTable({ means, perQuestion }: RunScores, flags: MeasureFlags): string {
  const rows = Object.entries(means).map(([name, mean]) => [name, ALL, mean.toFixed(4)]);
  const questions = Object.entries(perQuestion).flatMap(([question, scores]) =>
    Object.entries(scores).map(([name, score]) => [name, visible(question), score.toFixed(4)]),
  );
  const shown = flags.perQuestion ? [...questions, ...rows] : rows.map(([name, , mean]) => [name!, mean!]);
  return `${alignedRows(shown).join('\n')}\n`;
}
