/** What a program found, before it is text. */
export interface Report {
  readonly title: string;
  /** What was measured, and how: a paragraph. */
  readonly about: string;
  /** Settings that the figures depend on, beside those that every report states. */
  readonly facts?: readonly Fact[];
  readonly tables: readonly Table[];
  /** What the project promises, next to what was found. */
  readonly bounds?: readonly Bound[];
}

export type Fact = readonly [name: string, value: string];

export interface Table {
  readonly caption: string;
  readonly columns: readonly string[];
  /** So many columns, from the first, hold words and stand to the left; the others hold figures. One, unless given. */
  readonly words?: number;
  /** Cells as they are printed. */
  readonly rows: readonly (readonly string[])[];
}

export interface Bound {
  readonly what: string;
  /** As it is promised: `≤ 10 ms`. */
  readonly must: string;
  readonly found: string;
  readonly met: boolean;
}

/** The report as Markdown; `facts` (the machine, the seed) stand at the top. */
export function renderReport(report: Report, facts: readonly Fact[]): string {
  const parts = [
    `# ${report.title}`,
    report.about,
    renderTable({ caption: '', columns: ['', ''], words: 2, rows: [...facts, ...(report.facts ?? [])] }),
    ...report.tables.map(renderTable),
  ];
  if (report.bounds !== undefined && report.bounds.length > 0) parts.push(renderBounds(report.bounds));
  return `${parts.join('\n\n')}\n`;
}

export const allMet = ({ bounds = [] }: Report): boolean => bounds.every(({ met }) => met);

export interface Figure {
  readonly what: string;
  readonly found: number;
  readonly limit: number;
  readonly unit?: string;
  /** Digits after the point; none, unless given. */
  readonly digits?: number;
}

/** A figure that must not be above its limit. */
export function atMost(figure: Figure): Bound {
  return boundOf(figure, '≤', figure.found <= figure.limit);
}

/** A figure that must not be below its limit. */
export function atLeast(figure: Figure): Bound {
  return boundOf(figure, '≥', figure.found >= figure.limit);
}

function boundOf({ what, found, limit, unit, digits = 0 }: Figure, sign: string, met: boolean): Bound {
  const write = (value: number): string => [fixed(value, digits), ...(unit ? [unit] : [])].join(' ');
  return { what, must: `${sign} ${write(limit)}`, found: write(found), met };
}

function renderBounds(bounds: readonly Bound[]): string {
  return renderTable({
    caption: 'What must be reached',
    columns: ['', 'must be', 'is', ''],
    rows: bounds.map(({ what, must, found, met }) => [what, must, found, met ? 'reached' : '**missed**']),
  });
}

function renderTable({ caption, columns, words = 1, rows }: Table): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = columns.map((_, index) => (index < words ? '---' : '---:'));
  const table = [line(columns), line(rule), ...rows.map(line)].join('\n');
  return caption === '' ? table : `## ${caption}\n\n${table}`;
}

/** A number with so many digits after the point, and its thousands apart: `5,183`, `0.698`. */
export function fixed(value: number, digits: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Bytes in MB (10^6). */
export const megabytes = (bytes: number): string => `${fixed(bytes / 1e6, 0)} MB`;
