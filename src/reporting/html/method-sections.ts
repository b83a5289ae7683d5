import type { RunRecord } from '../../records/schema.ts';
import { bytes, count, counted, duration, interval, MISSING, micros, rate, shortHash } from '../format.ts';
import { leftOut } from '../headline.ts';
import { oneLine } from '../plain.ts';
import { CAPACITY_DEFINITIONS, DEFINITIONS, LOAD_DEFINITIONS } from '../words.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { lead, type Section } from './section.ts';
import { type Cell, facts, table } from './table.ts';

export function benchmarksSection({ microBenchmarks }: RunRecord): Section | undefined {
  if (!microBenchmarks || microBenchmarks.length === 0) return undefined;
  return {
    id: 'benchmarks',
    title: 'Stages on their own',
    short: 'Stage benchmarks',
    body: html`${lead('Each stage run by itself, with nothing else going on.')}${table({
      caption: 'Micro-benchmarks: medians with 95 % intervals from order statistics',
      columns: [
        { label: 'Stage' },
        ...['Median', '95 % interval', 'p99', 'Operations /s', 'Samples'].map((label) => ({
          label,
          numeric: true,
        })),
      ],
      rows: microBenchmarks.map((benchmark) => [
        benchmark.name,
        micros(benchmark.medianMicros),
        interval(benchmark.medianCi95, micros),
        micros(benchmark.p99Micros),
        rate(benchmark.opsPerSecond),
        count(benchmark.samples),
      ]),
    })}`,
  };
}

export function indexSection({ index, ingest }: RunRecord): Section | undefined {
  if (!index && !ingest) return undefined;
  const ofIndex: [string, Cell][] = index
    ? [
        ['Documents', `${count(index.documents)}, in ${counted(index.chunks, 'chunk')}`],
        ['Embedder', index.embedder ?? 'none'],
        ['Vector index', index.vectorIndex ?? 'none'],
        ['Keyword index', index.keywordIndex],
        ['Version', count(index.version)],
        ['Content hash', html`<code>${shortHash(index.hash)}</code>`],
        ['Kept in', index.path ?? 'memory'],
        ['Built for this run', index.reused ? 'no: an index of equal content was reused' : 'yes'],
      ]
    : [];
  const ofIngest: [string, Cell][] = ingest
    ? [
        [
          'Ingest',
          `${count(ingest.indexed)} indexed, ${count(ingest.unchanged)} unchanged, ${count(ingest.removed)} removed, ${leftOut(ingest)}`,
        ],
        ['Took', `${duration(ingest.durationMs)}, ${rate(ingest.documentsPerSecond)} documents a second`],
        [
          'By phase',
          Object.entries(ingest.phases)
            .map(([name, value]) => `${name} ${duration(value)}`)
            .join(', ') || MISSING,
        ],
      ]
    : [];
  return {
    id: 'index',
    title: 'Index',
    short: 'Index',
    body: html`${facts([...ofIndex, ...ofIngest])}${failedDocuments(ingest)}`,
  };
}

const FAILED_SHOWN = 20;

function failedDocuments(ingest: RunRecord['ingest']): Markup {
  if (!ingest || ingest.failed.length === 0) return NOTHING;
  const more = ingest.failed.length - FAILED_SHOWN;
  return html`<h3>Documents that failed</h3>${table({
    caption: 'Documents that could not be indexed',
    quietCaption: true,
    columns: [{ label: 'Document' }, { label: 'Error' }, { label: 'Message' }],
    rows: ingest.failed.slice(0, FAILED_SHOWN).map(({ id, code, message }) => [id, code, message]),
  })}${more > 0 && html`<p class="none">and ${count(more)} more, in record.json</p>`}`;
}

export function methodSection(record: RunRecord): Section {
  return {
    id: 'method',
    title: 'How it was measured',
    short: 'Method',
    body: html`${facts(runFacts(record))}
<h3>Golden set</h3>${record.dataset ? html`${facts(datasetFacts(record.dataset))}${warnings(record.dataset)}` : html`<p class="none">None.</p>`}
<h3>Machine</h3>${facts(environmentFacts(record.environment))}
<details class="print"><summary>Configuration</summary>${facts(flattened(record.config).map(([name, value]) => [name, html`<code>${value}</code>`]))}</details>
<h3>What the words mean</h3>${facts(definitions(record))}`,
  };
}

function definitions({ kind, capacity }: RunRecord): typeof DEFINITIONS {
  const ofLoad = kind === 'load' || kind === 'capacity' ? LOAD_DEFINITIONS : [];
  return [...DEFINITIONS, ...ofLoad, ...(capacity ? CAPACITY_DEFINITIONS : [])];
}

function runFacts(record: RunRecord): [string, Cell][] {
  return [
    ['Run', html`<code>${record.id}</code>`],
    ['Command', html`<code>${record.command.map(oneLine).join(' ')}</code>`],
    ['Started, took', `${record.startedAt}, ${duration(record.durationMs)}`],
    ...(record.load ? [['Target', targetWords(record.load.target)] as [string, Cell]] : []),
    ...(record.profile === null ? [] : [['Profile', record.profile] as [string, Cell]]),
    ['Seed', html`<code>${record.seed}</code>`],
    ['Complete', record.complete ? 'yes' : 'no: interrupted'],
  ];
}

function targetWords(target: string): string {
  return target === 'in-process'
    ? 'in-process: the load generator shares a process and its event loop with the engine, so latency includes the wait for its turn, and lag is reported but not judged'
    : target;
}

function datasetFacts(dataset: NonNullable<RunRecord['dataset']>): [string, Cell][] {
  return [
    ['Name', `${dataset.name} (${dataset.format})`],
    ['Version, split', `${dataset.version ?? MISSING}, ${dataset.split ?? 'all'}`],
    ['Licence', dataset.licence ?? 'not stated'],
    ['Questions', `${count(dataset.questions)}, of which ${count(dataset.answerable)} answerable`],
    ['Documents', count(dataset.documents)],
    [
      'Content hashes',
      html`questions <code>${shortHash(dataset.questionsHash)}</code>, corpus <code>${shortHash(dataset.corpusHash)}</code>`,
    ],
  ];
}

function warnings({ warnings: found }: NonNullable<RunRecord['dataset']>): Markup {
  if (found.length === 0) return NOTHING;
  return table({
    caption: 'Warnings of the golden set',
    columns: [{ label: 'Warning' }, { label: 'Count', numeric: true }, { label: 'Examples' }],
    rows: found.map(({ code, count: times, examples }) => [code, count(times), examples.join('; ')]),
  });
}

function environmentFacts(environment: RunRecord['environment']): [string, Cell][] {
  const { git } = environment;
  const packages = Object.entries(environment.packages).map(([name, version]) => `${name} ${version}`);
  return [
    [
      'Processor',
      `${environment.cpu}, ${count(environment.cores)} ${environment.cores === 1 ? 'core' : 'cores'}`,
    ],
    ['Memory', `${bytes(environment.memoryBytes)}, of which usable ${bytes(environment.memoryLimitBytes)}`],
    ['System', environment.os],
    ['Node.js', environment.node],
    [
      'groundspeed',
      `${environment.groundspeed}${git ? `, commit ${shortHash(git.commit)}${git.dirty ? ' with changes' : ''}` : ''}`,
    ],
    ['Packages', packages.join(', ') || MISSING],
    [
      'Fingerprint',
      html`<code>${shortHash(environment.fingerprint)}</code> (equal fingerprints, comparable latencies)`,
    ],
  ];
}

/** Nested settings as dotted paths, in the order of the record. */
function flattened(value: unknown, path = ''): [string, string][] {
  if (value !== null && typeof value === 'object' && !Array.isArray(value))
    return Object.entries(value).flatMap(([key, inner]) => flattened(inner, path ? `${path}.${key}` : key));
  return [[path, typeof value === 'string' ? value : (JSON.stringify(value) ?? MISSING)]];
}
