import { readRunFolder } from '../experiments/run-folder.ts';
import type { RunResult } from '../experiments/setup.ts';
import { EXIT, GroundspeedError } from '../kernel/errors.ts';
import type { RunRecord } from '../records/schema.ts';
import {
  renderBlocksCsv,
  renderDrillSecondsCsv,
  renderDrillWindowsCsv,
  renderGateCsv,
  renderPhasesCsv,
  renderProbesCsv,
  renderQuestionsCsv,
  renderRequestsCsv,
} from '../reporting/csv.ts';
import { drillSuite } from '../reporting/drill-suite.ts';
import { gateSuite } from '../reporting/gate-suite.ts';
import { renderHtml } from '../reporting/html/page.ts';
import { renderJson } from '../reporting/json.ts';
import { type JUnitSuite, renderJUnit } from '../reporting/junit.ts';
import { renderGateMarkdown } from '../reporting/markdown/gate-part.ts';
import { renderMarkdown } from '../reporting/markdown.ts';
import { sloSuite } from '../reporting/slo-suite.ts';
import { writeFileAtomically } from '../system/atomic-file.ts';
import { print, type World } from './world.ts';

const FORMATS = ['html', 'md', 'csv', 'json', 'junit'] as const;
type Format = (typeof FORMATS)[number];

/** What a CSV has a line for. */
type Table =
  | 'questions'
  | 'requests'
  | 'phases'
  | 'probes'
  | 'blocks'
  | 'gate'
  | 'drill-seconds'
  | 'drill-windows';

export interface ReportFlags {
  readonly format?: Format;
  /** The same as --format json. */
  readonly json?: boolean;
  readonly table: Table;
  /** A file; `-` is stdout. */
  readonly output: string;
}

export async function report(world: World, path: string, flags: ReportFlags): Promise<number> {
  const format = formatOf(flags);
  const text = await render(await readRunFolder(path), path, { ...flags, format });
  if (flags.output === '-') await print(world.stdout, text);
  else await writeFileAtomically(flags.output, text);
  return EXIT.done;
}

function formatOf({ format, json }: ReportFlags): Format {
  if (json && (format ?? 'json') !== 'json') {
    throw new GroundspeedError('usage.argument', `--json and --format ${format} ask for two reports`, {
      hint: 'Leave one of them out.',
    });
  }
  const chosen = json ? 'json' : format;
  if (chosen !== undefined) return chosen;
  throw new GroundspeedError('usage.argument', 'Nothing says which report to make', {
    where: '--format',
    hint: `Give --format ${FORMATS.join(', ')} or --json.`,
  });
}

async function render(
  { record, requests }: RunResult,
  path: string,
  { format, table }: ReportFlags & { readonly format: Format },
): Promise<string | AsyncIterable<string>> {
  switch (format) {
    case 'html':
      return renderHtml(record, requests);
    case 'md':
      return record.gate ? renderGateMarkdown(record) : renderMarkdown(record);
    case 'json':
      return renderJson(record);
    case 'junit':
      return renderJUnit([suiteOf(record)]);
    case 'csv':
      return renderCsv({ record, requests }, path, table);
  }
}

function suiteOf(record: RunRecord): JUnitSuite {
  if (record.drill) return drillSuite(record);
  return record.gate ? gateSuite(record) : sloSuite(record);
}

/** Why a run has no such table. */
const WITHOUT: Partial<Record<Table, string>> = {
  probes: 'searched for no capacity',
  blocks: 'compared nothing in pairs',
  gate: 'is no gate',
  'drill-seconds': 'is no drill',
  'drill-windows': 'is no drill',
};

function renderCsv(
  { record, requests }: RunResult,
  path: string,
  table: Table,
): string | AsyncIterable<string> {
  if (table === 'questions') return renderQuestionsCsv(record);
  if (table === 'phases' && record.load) return renderPhasesCsv(record);
  if (table === 'probes' && record.capacity) return renderProbesCsv(record);
  if (table === 'blocks' && record.paired) return renderBlocksCsv(record);
  if (table === 'gate' && record.gate) return renderGateCsv(record);
  if (table === 'drill-seconds' && record.drill) return renderDrillSecondsCsv(record, requests);
  if (table === 'drill-windows' && record.drill) return renderDrillWindowsCsv(record);
  if (table === 'requests' && requests) return renderRequestsCsv(record, requests);
  const why = WITHOUT[table] ?? 'drove no load';
  throw new GroundspeedError('usage.argument', `${path} ${why}, so that it has no ${table}`, {
    where: '--table',
    hint: 'Leave --table out for the questions.',
  });
}
