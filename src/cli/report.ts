import { readRunFolder } from '../experiments/run-folder.ts';
import type { RunResult } from '../experiments/setup.ts';
import { EXIT, GroundspeedError } from '../kernel/errors.ts';
import { renderQuestionsCsv, renderRequestsCsv } from '../reporting/csv.ts';
import { renderHtml } from '../reporting/html/page.ts';
import { renderJson } from '../reporting/json.ts';
import { renderMarkdown } from '../reporting/markdown.ts';
import { writeFileAtomically } from '../system/atomic-file.ts';
import { print, type World } from './world.ts';

const FORMATS = ['html', 'md', 'csv', 'json'] as const;
type Format = (typeof FORMATS)[number];

export interface ReportFlags {
  readonly format?: Format;
  /** The same as --format json. */
  readonly json?: boolean;
  readonly table: 'questions' | 'requests';
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
      return renderMarkdown(record);
    case 'json':
      return renderJson(record);
    case 'csv':
      if (table === 'questions') return renderQuestionsCsv(record);
      if (requests) return renderRequestsCsv(record, requests);
      throw new GroundspeedError('usage.argument', `${path} drove no load, so that it has no requests`, {
        where: '--table',
        hint: 'Leave --table out for the questions.',
      });
  }
}
