import pc from 'picocolors';
import type { CheckResult, Finding } from '../datasets/checks/check.ts';
import type { SetCheck } from '../experiments/dataset-check/check-set.ts';
import { count, counted, score } from '../reporting/format.ts';
import { oneLine } from '../reporting/plain.ts';
import type { TextView } from './answer-text.ts';
import { cellWidth, clipCells } from './cell-width.ts';
import { powerLines } from './dataset-check-power-text.ts';
import { wrap } from './dataset-check-wrap.ts';
import { alignedRows } from './table.ts';

/** Findings of one check that are shown; --json has all of them. */
const EXAMPLES = 3;

export interface ShownCheck {
  readonly check: SetCheck;
  /** Where the set was read from. */
  readonly path: string;
  readonly depth: number;
  readonly sheetFile?: string;
}

/** What `dataset check` prints: the set, what was found (errors first), what was not, and what the set can show. */
export function renderSetCheck(shown: ShownCheck, view: TextView): string {
  const { check } = shown;
  const { checks, power } = check;
  const found = checks.filter(({ status }) => status === 'found').sort(byWeight);
  const blocks = [
    headLines(shown, view),
    ...found.map((one) => findingLines(one, view)),
    quietLines(checks, view),
    poolLines(shown, view),
    powerLines(power, check.measured, view),
    [sumLine(checks, view)],
  ];
  const kept = blocks.filter((lines) => lines.length > 0);
  return `${kept.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Errors before warnings, and of each what was found most often. */
function byWeight(a: CheckResult, b: CheckResult): number {
  if (a.severity !== b.severity) return a.severity === 'error' ? -1 : 1;
  return b.findings.length - a.findings.length;
}

function headLines({ check: { set }, path }: ShownCheck, { colour, width }: TextView): string[] {
  const { bold, dim } = pc.createColors(colour);
  const splits = new Map<string, number>();
  for (const split of set.questions.flatMap((one) => one.splits))
    splits.set(split, (splits.get(split) ?? 0) + 1);
  const parts = [...splits].sort().map(([name, n]) => `${oneLine(name)} ${count(n)}`);
  const version = set.said.version === undefined ? '' : ` ${oneLine(set.said.version)}`;
  const inSplits = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  const documents = set.documents === undefined ? 'no corpus' : counted(set.documents.size, 'document');
  return [
    `${bold(clipCells(`${oneLine(set.name)}${version}`, width))} ${dim(oneLine(path))}`,
    `${counted(set.questions.length, 'question')}${inSplits}, ${documents}`,
  ];
}

function findingLines({ name, severity, about, findings }: CheckResult, view: TextView): string[] {
  const colours = pc.createColors(view.colour);
  const isError = severity === 'error';
  const mark = isError ? colours.red('✗') : colours.yellow('!');
  const hints = new Set(findings.map(({ hint }) => hint));
  const oneHint = hints.size === 1 ? [...hints] : [];
  const examples = findings.slice(0, EXAMPLES);
  const more = findings.length - examples.length;
  return [
    `${mark} ${colours.bold(name)} ${colours.dim('·')} ${counted(findings.length, severity)}`,
    ...wrap(about, view.width, 2, 2).map((line) => `  ${colours.dim(line)}`),
    ...examples.flatMap((finding) => exampleLines(finding, oneHint.length === 0, view)),
    ...(more > 0 ? [colours.dim(`  … and ${count(more)} more`)] : []),
    ...oneHint.flatMap((hint) => hintLines(hint, '  ', view)),
  ];
}

function exampleLines({ where, message, hint }: Finding, withHint: boolean, view: TextView): string[] {
  const { cyan } = pc.createColors(view.colour);
  const place = clipCells(oneLine(where), Math.floor(view.width / 2));
  const first = `  ${cyan(place)}  `;
  const [head = '', ...rest] = wrap(oneLine(message), view.width, cellWidth(first), 4);
  return [
    `${first}${head}`,
    ...rest.map((line) => `    ${line}`),
    ...(withHint ? hintLines(hint, '    ', view) : []),
  ];
}

function hintLines(hint: string, indent: string, { colour, width }: TextView): string[] {
  const { dim } = pc.createColors(colour);
  const [head = '', ...rest] = wrap(oneLine(hint), width, indent.length + 2, indent.length + 2);
  return [`${indent}${dim(`→ ${head}`)}`, ...rest.map((line) => `${indent}  ${dim(line)}`)];
}

/** What found nothing, and what could not run. */
function quietLines(checks: readonly CheckResult[], view: TextView): string[] {
  const { green, dim } = pc.createColors(view.colour);
  const passed = checks.filter(({ status }) => status === 'passed').map(({ name }) => name);
  const skipped = checks.filter(({ status }) => status === 'skipped');
  const rows = alignedRows(skipped.map(({ name, skipped: reason = '' }) => [name, oneLine(reason)]));
  const [head = '', ...rest] = wrap(passed.join(', '), view.width, 2, 2);
  return [
    ...(passed.length === 0 ? [] : [`${green('✓')} ${head}`, ...rest.map((line) => `  ${line}`)]),
    ...rows.map((row) => dim(`– ${clipCells(row, view.width - 2)}`)),
  ];
}

function poolLines({ check, depth, sheetFile, path }: ShownCheck, { colour }: TextView): string[] {
  const { judged, sheet } = check;
  if (judged === undefined) return [];
  const { bold, cyan } = pc.createColors(colour);
  const letters = new Map(sheet?.runs.map(({ run, letter }) => [run, letter]));
  const rows = judged.map(({ run, judged: part, holes }) => [
    oneLine(run),
    score(part),
    `${count(holes)} unjudged${letters.has(run) ? `, ${letters.get(run)} in the sheet` : ''}`,
  ]);
  const lines = [bold(`Judged of the first ${depth}, by run`), ...alignedRows(rows).map((row) => `  ${row}`)];
  if (sheet === undefined || sheetFile === undefined) return lines;
  return [
    ...lines,
    `${counted(sheet.rows.length, 'row')} to label in ${cyan(oneLine(sheetFile))}: fill in \`grade\` (0 not relevant, 1 and above relevant), then`,
    `  groundspeed dataset label ${oneLine(path)} --sheet ${oneLine(sheetFile)} --in-place`,
  ];
}

function sumLine(checks: readonly CheckResult[], { colour }: TextView): string {
  const { bold, green, red, yellow } = pc.createColors(colour);
  const sum = (severity: CheckResult['severity']): number =>
    checks.filter((one) => one.severity === severity).reduce((n, one) => n + one.findings.length, 0);
  const errors = sum('error');
  const warnings = sum('warning');
  if (errors + warnings === 0) return bold(green('Nothing was found.'));
  const words = [
    errors > 0 ? red(counted(errors, 'error')) : green('no errors'),
    warnings > 0 ? yellow(counted(warnings, 'warning')) : green('no warnings'),
  ];
  return bold(words.join(', '));
}
