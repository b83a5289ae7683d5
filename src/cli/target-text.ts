import pc from 'picocolors';
import type { CheckResult } from '../experiments/acceptance.ts';
import type { Change, TargetCheck, Understood } from '../experiments/target-check.ts';
import { bytes, counted, duration, MISSING, score } from '../reporting/format.ts';
import { clip, oneLine, visible } from '../reporting/plain.ts';
import type { TextView } from './answer-text.ts';
import { indentJson } from './json-text.ts';
import { settingsBlock } from './settings-block.ts';
import { alignedRows } from './table.ts';

/** Lines of the raw reply, and passages, that are shown. */
const REPLY_LINES = 24;
const PASSAGES = 5;

/** What `target check` prints: how the target was reached, what was understood of its reply, and what to change. */
export function renderCheck(check: TargetCheck, view: TextView): string {
  const blocks = [
    factLines(check, view),
    understoodLines(check, view),
    passageLines(check, view),
    replyLines(check, view),
    changeLines(check.changes, view),
  ];
  const shown = blocks.filter((lines) => lines.length > 0);
  return `${shown.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const LABEL = 12;

function factLines(check: TargetCheck, view: TextView): string[] {
  const { dim } = pc.createColors(view.colour);
  const { target, question, connection, response } = check;
  const asked = question.id === null ? '' : `${oneLine(question.id)}: `;
  const facts: (readonly [string, string])[] = [
    [
      'Target',
      `${target.method} ${oneLine(target.url)}, ${target.preset === null ? 'an API of its own' : `preset ${target.preset}`}`,
    ],
    ['Question', `${asked}${oneLine(question.text)}`],
  ];
  if (connection !== null) {
    facts.push(['Connection', connectionWords(connection)]);
    if (connection.tls !== undefined) facts.push(['TLS', tlsWords(connection.tls)]);
  }
  if (response !== null) {
    const { status, contentType, bytes: size, pieces } = response;
    const many = pieces > 1 ? ` in ${pieces} pieces` : '';
    facts.push(
      ['Response', `status ${status}, ${oneLine(contentType ?? 'no content type')}, ${bytes(size)}${many}`],
      ['Times', timeWords(response)],
    );
  }
  const room = Math.max(20, view.width - LABEL);
  return facts.map(([label, text]) => `${dim(label.padEnd(LABEL))}${clip(text, room)}`);
}

function connectionWords({ address, port, connectMs, tls }: NonNullable<TargetCheck['connection']>): string {
  const where =
    address === undefined ? '' : ` to ${address.includes(':') ? `[${address}]` : address}:${port}`;
  return `made${where} in ${duration(connectMs)}${tls === undefined ? ', not encrypted' : ''}`;
}

type Tls = NonNullable<NonNullable<TargetCheck['connection']>['tls']>;

function tlsWords({ protocol, subject, issuer, validTo }: Tls): string {
  const who = subject === undefined ? '' : `, certificate of ${oneLine(subject)}`;
  const by = issuer === undefined || issuer === subject ? '' : ` by ${oneLine(issuer)}`;
  return `${protocol ?? 'encrypted'}${who}${by}${validTo === undefined ? '' : ` until ${oneLine(validTo)}`}`;
}

function timeWords({
  headMs,
  firstByteMs,
  firstTokenMs,
  totalMs,
}: NonNullable<TargetCheck['response']>): string {
  const token = firstTokenMs === null ? [] : [`first token ${duration(firstTokenMs)}`];
  return [
    `head ${duration(headMs)}`,
    `first byte ${duration(firstByteMs)}`,
    ...token,
    `whole ${duration(totalMs)}`,
  ].join(' · ');
}

/** What was understood, in three columns: what, its value or why there is none, and where it was looked for. */
export function understoodLines(
  check: Pick<TargetCheck, 'understood' | 'ids' | 'passages'>,
  view: TextView,
): string[] {
  const { understood } = check;
  if (understood.length === 0) return [];
  const { bold, dim, green } = pc.createColors(view.colour);
  const rows = alignedRows(understood.map(({ field }) => [`${PART.test(field) ? '  ' : ''}${field}`, '']));
  const label = Math.max(...rows.map((row) => row.length)) + 2;
  const where = Math.min(44, Math.max(...understood.map(({ expression }) => (expression ?? '').length)));
  const room = Math.max(24, view.width - label - where - 6);
  const lines = understood.map((row, at) => {
    const { value, note, expression } = row;
    const found = value !== null;
    const mark = found ? green('✓') : dim('·');
    const words = clip(
      found
        ? `${valueWords(row)}${note === null ? '' : ` (${oneLine(note)})`}`
        : `${MISSING} ${oneLine(note ?? '')}`,
      room,
    );
    const text = found ? words.padEnd(room) : dim(words.padEnd(room));
    return `${mark} ${rows[at]!.padEnd(label)}${text}  ${dim(clip(oneLine(expression ?? ''), where))}`.trimEnd();
  });
  return [bold('Understood'), ...lines, ...idLine(check, view)];
}

/** Fields of a single passage. */
const PART = /^its /;

function valueWords({ field, value }: Understood): string {
  if (field === 'passages') return counted(Number(value), 'passage');
  if (typeof value === 'string') return oneLine(value) === '' ? '""' : oneLine(value);
  // A confidence of sixteen digits says no more than one of six.
  if (typeof value === 'number') return String(Number(value.toPrecision(6)));
  return oneLine(JSON.stringify(value));
}

/** How many passages lead to golden documents, and by which other way more of them would. */
function idLine({ ids, passages }: Pick<TargetCheck, 'ids' | 'passages'>, view: TextView): string[] {
  if (ids === null) return [];
  const { green, yellow } = pc.createColors(view.colour);
  const { exact, pattern, evidence, corpusKnown } = ids;
  const mapped = passages.length === 0 ? exact.matched : passages.filter(({ known }) => known).length;
  const known = corpusKnown ? 'golden documents' : 'sources that golden questions name';
  const others = [
    pattern !== undefined && pattern.matched > mapped && `${pattern.matched} would by a pattern`,
    evidence !== undefined && evidence.matched > mapped && `${evidence.matched} by their text`,
  ].filter((way) => way !== false);
  const more = others.length === 0 ? '' : `; ${others.join(', ')}`;
  return [
    `${mapped > 0 ? green('✓') : yellow('!')} ${mapped} of ${exact.of} passages lead to ${known}${more}`,
  ];
}

function passageLines({ passages }: TargetCheck, { colour, width }: TextView): string[] {
  if (passages.length === 0) return [];
  const { bold, dim } = pc.createColors(colour);
  const rows = alignedRows(
    passages
      .slice(0, PASSAGES)
      .map(({ id, score: points, known }, at) => [
        `${at + 1}`.padStart(2),
        points === null ? MISSING : score(points),
        known === null ? '' : known ? 'golden' : 'unknown',
        oneLine(id),
      ]),
  );
  const more =
    passages.length > PASSAGES ? [dim(`    and ${counted(passages.length - PASSAGES, 'more passage')}`)] : [];
  const shown = rows.flatMap((row, at) => {
    const { text } = passages[at]!;
    const quoted = text === null ? [] : [dim(`    ${clip(oneLine(text), Math.max(20, width - 4))}`)];
    return [clip(row, width), ...quoted];
  });
  return [bold('Passages'), ...shown, ...more];
}

function replyLines({ response }: TargetCheck, { colour, width }: TextView): string[] {
  if (response === null || response.text === '') return [];
  const { bold, dim } = pc.createColors(colour);
  const lines = indentJson(response.text).split('\n');
  const shown = lines
    .slice(0, REPLY_LINES)
    .map((line) => dim(clip(`  ${visible(line).replaceAll('\t', '  ')}`, width)));
  const cut = response.clipped || lines.length > REPLY_LINES;
  return [bold('Reply'), ...shown, ...(cut ? [dim('  … (--json shows more)')] : [])];
}

/** What to change, why, and the same once more to be put into a file. */
export function changeLines(
  changes: readonly Change[],
  { colour, width }: TextView,
  { title = 'What to change', file: asFile = true } = {},
): string[] {
  if (changes.length === 0) return [];
  const { bold, cyan, dim, yellow } = pc.createColors(colour);
  const lines = changes.flatMap(({ setting, value, reason, trust }) => {
    if (setting === null) return [`${yellow('!')} ${oneLine(reason)}`];
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    const doubt = trust === 'high' ? '' : ` (${trust === 'medium' ? 'likely' : 'a guess'})`;
    return [
      `${yellow('→')} ${cyan(setting)} = ${oneLine(shown)}`,
      dim(clip(`    ${oneLine(reason)}${doubt}`, width)),
    ];
  });
  const block = asFile ? settingsBlock(changes) : '';
  const file =
    block === ''
      ? []
      : [
          '',
          dim('In the configuration file:'),
          ...block
            .trimEnd()
            .split('\n')
            .map((line) => `  ${visible(line)}`),
        ];
  return [bold(title), ...lines, ...file];
}

const MARKS = { passed: '✓', failed: '✗', skipped: '–' } as const;

/** A line a check, and what to do about each that failed. */
export function renderAcceptance(url: string, results: readonly CheckResult[], view: TextView): string {
  const colours = pc.createColors(view.colour);
  const paint = { passed: colours.green, failed: colours.red, skipped: colours.dim };
  const names = alignedRows(results.map(({ name }) => [name, '']));
  const wide = Math.max(...names.map((name) => name.length)) + 2;
  const lines = results.flatMap(({ status, detail, hint, seconds }, at) => {
    // A verdict on what an earlier check saw takes no time.
    const time = status === 'skipped' || seconds < 0.001 ? '' : duration(Math.round(seconds * 1000));
    const told = `${names[at]!.padEnd(wide)}${time.padStart(9)}  ${oneLine(detail)}`;
    const line = `${paint[status](MARKS[status])} ${clip(told, Math.max(40, view.width - 2))}`;
    return [line, ...(hint === undefined ? [] : [colours.dim(`  → ${oneLine(hint)}`)])];
  });
  const count = (status: CheckResult['status']): number =>
    results.filter((one) => one.status === status).length;
  const skipped = count('skipped') === 0 ? '' : `, ${count('skipped')} skipped`;
  const sum = `${count('passed')} passed, ${count('failed')} failed${skipped}`;
  return `${[`${colours.dim('Target')} ${oneLine(url)}`, '', ...lines, '', colours.bold(sum)].join('\n')}\n`;
}
