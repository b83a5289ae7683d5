/** One sample of an exposition. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const NAME = /^[a-zA-Z_:][\w:]*$/;
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/s; // a label may hold any character but a line feed
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/gy;
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: [''],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};

/**
 * Reads Prometheus's text format 0.0.4 strictly (https://prometheus.io/docs/instrumenting/exposition_formats/), and throws over
 * whatever a scrape or `promtool check metrics` would refuse: samples without a type, a series twice, a counter whose name
 * does not end in _total or a gauge's that does, buckets that are not cumulative, a histogram without +Inf.
 */
export function readExposition(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line must end in a line feed');
  const families = new Map<string, { type: string; help: string; samples: Sample[] }>();
  const helps = new Map<string, string>();
  const seen = new Set<string>();
  for (const line of text.split('\n')) {
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (keyword === 'HELP') helps.set(name, rest);
    else if (keyword === 'TYPE') {
      if (families.has(name) || !NAME.test(name) || SUFFIXES[rest] === undefined) throw new Error(line);
      families.set(name, { type: rest, help: helps.get(name) ?? '', samples: [] });
    } else if (line !== '' && !line.startsWith('#')) {
      const sample = readSample(line);
      const series = `${sample.name}${JSON.stringify(Object.entries(sample.labels).sort())}`;
      if (seen.has(series)) throw new Error(`twice: ${line}`);
      seen.add(series);
      familyOf(families, sample).samples.push(sample);
    }
  }
  for (const [name, family] of families) check(name, family);
  return families;
}

/** The value of one series. */
export function valueIn(
  families: ReadonlyMap<string, Family>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ''));
  return family?.samples.find(
    (sample) =>
      sample.name === name &&
      Object.keys(sample.labels).length === Object.keys(labels).length &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  )?.value;
}

function readSample(line: string): Sample {
  const [, name, labelText = '', number] = SAMPLE.exec(line) ?? [];
  if (name === undefined || number === undefined) throw new Error(`no sample: ${line}`);
  const labels: Record<string, string> = {};
  let read = 0;
  for (const [whole, label, value] of labelText.matchAll(LABEL)) {
    labels[label!] = value!;
    read += whole.length;
  }
  if (read !== labelText.length) throw new Error(`labels cannot be read: ${line}`);
  const value = number === '+Inf' ? Number.POSITIVE_INFINITY : Number(number);
  if (Number.isNaN(value) && number !== 'NaN' && number !== 'Nan') throw new Error(`no number: ${line}`);
  return { name, labels, value };
}

function familyOf<T extends { type: string }>(families: ReadonlyMap<string, T>, { name }: Sample): T {
  for (const [family, entry] of families) {
    if (SUFFIXES[entry.type]!.some((suffix) => name === `${family}${suffix}`)) return entry;
  }
  throw new Error(`a sample without a type: ${name}`);
}

function check(name: string, { type, help, samples }: Family): void {
  if (help === '') throw new Error(`no help: ${name}`);
  if ((type === 'counter') !== name.endsWith('_total')) throw new Error(`named unlike a ${type}: ${name}`);
  if (type === 'counter' && samples.some(({ value }) => !(value >= 0)))
    throw new Error(`falls below 0: ${name}`);
  if (type === 'histogram') checkHistogram(name, samples);
}

function checkHistogram(name: string, samples: readonly Sample[]): void {
  const groups = new Map<string, { last: number; bound: number }>();
  const keyOf = ({ labels: { le: _, ...labels } }: Sample): string =>
    JSON.stringify(Object.entries(labels).sort());
  for (const sample of samples.filter((one) => one.name.endsWith('_bucket'))) {
    const bound = sample.labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(sample.labels.le);
    const before = groups.get(keyOf(sample)) ?? { last: 0, bound: Number.NEGATIVE_INFINITY };
    if (sample.value < before.last || !(bound > before.bound)) throw new Error(`not cumulative: ${name}`);
    groups.set(keyOf(sample), { last: sample.value, bound });
  }
  for (const sample of samples.filter((one) => one.name.endsWith('_count'))) {
    const group = groups.get(keyOf(sample));
    if (group?.bound !== Number.POSITIVE_INFINITY || group.last !== sample.value)
      throw new Error(`no +Inf: ${name}`);
  }
}
