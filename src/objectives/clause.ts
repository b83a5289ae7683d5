import { readBound } from './bound.ts';
import { quoted } from './fault.ts';
import { GLOSSARY } from './glossary.ts';
import type { Quantity } from './quantity.ts';
import type { Clause, Comparison, Subject } from './slo.ts';
import type { TermReader } from './term-reader.ts';
import {
  betterOf,
  type Deadline,
  isDuration,
  likelyName,
  type Measures,
  nameOf,
  quantityOf,
  splitName,
  statisticOf,
  subjectOf,
} from './vocabulary.ts';

const OPERATOR = /[<>=!≤≥≠~:]+/u;
const COMPARISONS: Readonly<Record<string, Comparison>> = {
  '<': '<',
  '<=': '<=',
  '≤': '<=',
  '>': '>',
  '>=': '>=',
  '≥': '>=',
};
const FLIPPED: Readonly<Record<Comparison, Comparison>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
const SAMPLES: Readonly<Record<Quantity, string>> = {
  duration: '200ms',
  share: '95%',
  rate: '50/s',
  cost: '$0.01',
  score: '0.4',
};

const sampleOf = (subject: Subject) => (subject.kind === 'error' ? '1%' : SAMPLES[quantityOf(subject)]);

/** What a name stands for. The name has just been read, in lower case. */
export function readSubject(reader: TermReader, name: string, measures: Measures): Subject {
  const subject = subjectOf(name);
  if (subject !== undefined) return subject;
  if (measures.isMeasure(name)) return { kind: 'measure', measure: name };
  const [head, tail] = splitName(name);
  if (isDuration(head) && (tail === undefined || tail === '')) {
    const hint = `Write ${head}.p95 ${reader.rest || '< 200ms'}.`;
    reader.fail(reader.at, `${head} needs a statistic: a quantile or the mean.`, hint);
  }
  const statistic = isDuration(head) && tail !== undefined ? tail : name;
  const at = reader.start + (statistic === name ? 0 : head.length + 1);
  if (statisticOf(statistic).kind === 'beyond') {
    const meant = /^p99(?:9|99)$/u.test(statistic) ? statistic.replace('p99', 'p99.') : 'p99.9';
    const message = `${quoted(statistic)} is no quantile: those lie between p0 and p100, both excluded.`;
    reader.fail(at, message, `Write for example ${name.slice(0, -statistic.length)}${meant}.`);
  }
  const likely = likelyName(name, measures);
  const meant = likely === undefined ? undefined : `Did you mean ${likely}?`;
  if (statistic !== name) {
    const hint = meant ?? `Write ${head}.p95 or ${head}.mean.`;
    reader.fail(at, `${quoted(statistic)} is no statistic of ${head}.`, hint);
  }
  return reader.fail(reader.start, `${quoted(name)} is nothing that an SLO can bound.`, meant ?? KNOWN);
}

const KNOWN = `An SLO can bound ${GLOSSARY.map(({ term }) => term).join(', ')} and other measures.`;

/** The rest of a clause whose subject has been read: comparison and bound. */
export function readClause(reader: TermReader, subject: Subject): Clause {
  const name = reader.since(reader.start);
  reader.skipSpace();
  const at = reader.at;
  const comparison = readComparison(reader, name, subject);
  const before = reader.since(reader.start);
  reader.skipSpace();
  const from = reader.at;
  const sample = sampleOf(subject);
  const bound = readBound(reader, { name: nameOf(subject), quantity: quantityOf(subject), before, sample });
  const written = reader.since(from);
  reader.finish();
  const better = betterOf(subject);
  if (comparison.startsWith('<') !== (better === 'lower')) {
    const message = `${quoted(reader.term)} makes no sense as an objective: for ${nameOf(subject)}, ${better} is better.`;
    reader.fail(at, message, `Write ${name} ${FLIPPED[comparison]} ${written}.`);
  }
  if (neverHolds(subject, comparison, bound)) {
    reader.fail(at, `${quoted(reader.term)} can never hold.`, `Write ${name} ${comparison}= ${written}.`);
  }
  return { text: reader.term, subject, comparison, bound };
}

function readComparison(reader: TermReader, name: string, subject: Subject): Comparison {
  const at = reader.at;
  const operator = reader.take(OPERATOR);
  if (Object.hasOwn(COMPARISONS, operator)) return COMPARISONS[operator]!;
  const bound = /^[-\d.$]/u.test(reader.rest) ? reader.rest : sampleOf(subject);
  const hint = `Write ${name} ${betterOf(subject) === 'lower' ? '<' : '>='} ${bound}.`;
  const message =
    operator === '' ? `No comparison stands after ${quoted(name)}.` : `${quoted(operator)} is no comparison.`;
  return reader.fail(at, message, hint);
}

/** Below nothing, or above everything: a share under 0 %, a score over 1. */
function neverHolds(subject: Subject, comparison: Comparison, bound: number): boolean {
  if (comparison === '<') return bound === 0;
  const quantity = quantityOf(subject);
  return comparison === '>' && bound === 1 && (quantity === 'share' || quantity === 'score');
}

/** The rest of a deadline whose name has been read: the time, in milliseconds. */
export function readDeadline(reader: TermReader, name: Deadline): number {
  reader.skipSpace();
  const at = reader.at;
  const operator = reader.take(OPERATOR);
  if (operator !== '') {
    const message = `${name} takes no comparison: it says what "in time" means.`;
    reader.fail(at, message, `Write ${name} ${reader.rest || '2s'}.`);
  }
  const bound = readBound(reader, { name, quantity: 'duration', before: name, sample: '2s' });
  reader.finish();
  return bound;
}
