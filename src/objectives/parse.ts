import { readClause, readDeadline, readSubject } from './clause.ts';
import { fault, quoted } from './fault.ts';
import type { Clause, Slo } from './slo.ts';
import { splitTerms, TermReader } from './term-reader.ts';
import { type Deadline, isDeadline, type Measures, nameOf } from './vocabulary.ts';

export interface SloOptions extends Measures {
  /** What errors say the text came from; `--slo` unless given. */
  readonly where?: string;
}

const EXAMPLE = 'Write for example: p95 < 200ms, error < 1%, attainment >= 95%, deadline 2s';
const NAME = /[\p{L}\p{N}\p{M}_.@-]+/u;

/**
 * An SLO such as `p95 < 200ms, error < 1%, attainment >= 95%, ndcg@10 >= 0.4, deadline 2s`. Throws `slo.syntax` at the
 * first thing that is wrong: one line that says what, the line of the text with a caret below the character (one entry of
 * `problems`, of two lines), and a hint with what was expected.
 */
export function parseSlo(text: string, options: SloOptions): Slo {
  const source = { text, where: options.where ?? '--slo' };
  const terms = splitTerms(source);
  if (terms.length === 0) fault(source, Math.max(0, text.search(/\S/u)), 'The SLO is empty.', EXAMPLE);
  const clauses: Clause[] = [];
  const deadlines = new Map<Deadline, number>();
  /** Terms as written, by the one name of what they bound. */
  const written = new Map<string, string>();
  for (const term of terms) {
    const reader = new TermReader(source, term);
    const name = readName(reader);
    const subject = isDeadline(name) ? name : readSubject(reader, name, options);
    const key = typeof subject === 'string' ? subject : nameOf(subject);
    refuseSecond(reader, key, written.get(key));
    if (typeof subject === 'string') deadlines.set(subject, readDeadline(reader, subject));
    else clauses.push(readClause(reader, subject));
    written.set(key, reader.term);
  }
  return {
    text: [...written.values()].join(', '),
    clauses,
    deadlineMs: deadlines.get('deadline') ?? null,
    firstTokenDeadlineMs: deadlines.get('ttft.deadline') ?? null,
  };
}

/** The name that a term begins with, in lower case, as all names are. */
function readName(reader: TermReader): string {
  const name = reader.take(NAME);
  if (/^\p{L}/u.test(name)) return name.toLowerCase();
  const first = quoted(name || (reader.peek(/\S+/u) ?? ''));
  return reader.fail(
    reader.start,
    `A term begins with the name of what it bounds; ${first} is none.`,
    EXAMPLE,
  );
}

function refuseSecond(reader: TermReader, name: string, first: string | undefined): void {
  if (first === undefined) return;
  const message = `${name} is given twice; ${quoted(first)} stands before.`;
  reader.fail(reader.start, message, 'Keep one of the two.');
}
