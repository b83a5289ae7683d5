import { readRunFolder } from '../experiments/run-folder.ts';
import type { RunResult } from '../experiments/setup.ts';
import { EXIT, GroundspeedError } from '../kernel/errors.ts';
import { renderQuestionsCsv, renderRequestsCsv } from '../reporting/csv.ts';
import { renderHtml } from '../reporting/html/page.ts';
import { renderJson } from '../reporting/json.ts';
import { renderMarkdown } from '../reporting/markdown.ts';
import { writeFileAtomically } from '../system/atomic-file.ts';
import { print, type World } from './world.ts';

export interface ReportFlags {
  readonly format: 'html' | 'md' | 'csv' | 'json';
  readonly table: 'questions' | 'requests';
  /** A file; `-` is stdout. */
  readonly output: string;
}

export async function report(world: World, path: string, flags: ReportFlags): Promise<number> {
  const text = await render(await readRunFolder(path), path, flags);
  if (flags.output === '-') await print(world.stdout, text);
  else await writeFileAtomically(flags.output, text);
  return EXIT.done;
}

async function render(
  { record, requests }: RunResult,
  path: string,
  { format, table }: ReportFlags,
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
