import { readFile } from 'node:fs/promises';
import { decodeText } from '../datasets/lines.ts';
import { parseQrels, parseRun } from '../datasets/trec.ts';
import { EXIT, GroundspeedError, messageOf } from '../kernel/errors.ts';
import { isRetrievalMeasure, type RetrievalMeasure } from '../measures/measure.ts';
import { DEFAULT_MEASURES, parseMeasures } from '../measures/registry.ts';
import { measureRun, type RunScores } from '../measures/trec-run.ts';
import { counted } from '../reporting/format.ts';
import { visible } from '../reporting/plain.ts';
import type { DisplayFlags } from './flags.ts';
import { progressOf } from './progress.ts';
import { alignedRows } from './table.ts';
import { print, type World } from './world.ts';

export interface MeasureFlags extends DisplayFlags {
  readonly qrels: string;
  readonly run: string;
  readonly measures?: string;
  readonly perQuestion?: boolean;
}

/** trec_eval's numbers for two files: a line a measure, or with --per-question a line a measure and question, then the means. */
export async function measure(world: World, flags: MeasureFlags): Promise<number> {
  const measures = retrievalMeasures(flags.measures);
  const qrels = parseQrels(await readText(flags.qrels, '--qrels'), flags.qrels);
  const run = parseRun(await readText(flags.run, '--run'), flags.run);
  if (qrels.size === 0) {
    throw new GroundspeedError('dataset.empty', `${flags.qrels} holds no judgement`, {
      where: '--qrels',
      hint: 'Look for an empty or truncated file.',
    });
  }
  const missing = [...qrels.keys()].filter((question) => !run.has(question)).length;
  if (missing > 0) {
    progressOf(world, flags).warn(
      `${flags.run} has no results for ${missing} of the ${counted(qrels.size, 'judged question')}: ${missing === 1 ? 'it counts' : 'they count'} as 0`,
    );
  }
  const scores = measureRun({ qrels, run, measures });
  await print(world.stdout, flags.json ? asJson(scores, flags) : asTable(scores, flags));
  return EXIT.done;
}

function retrievalMeasures(names: string | undefined): RetrievalMeasure[] {
  if (names === undefined) return parseMeasures(DEFAULT_MEASURES).filter(isRetrievalMeasure);
  const measures = parseMeasures(names.split(','));
  const others = measures.filter((measure) => !isRetrievalMeasure(measure)).map(({ name }) => name);
  if (others.length === 0) return measures.filter(isRetrievalMeasure);
  throw new GroundspeedError('usage.argument', `TREC files hold no answers to take ${others.join(', ')} of`, {
    where: '--measures',
    hint: '`groundspeed evaluate` takes measures of answers.',
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
