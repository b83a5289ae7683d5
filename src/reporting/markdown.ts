import type { PhaseRecord, RunRecord, SliceRecord } from '../records/schema.ts';
import { pooledNote } from './caches.ts';
import { doubts } from './doubts.ts';
import { keyFigures } from './facts.ts';
import { bound, count, counted, interval, MISSING, ms, rate, score, share } from './format.ts';
import { funnelRows } from './funnel.ts';
import { isAgainstAnother } from './gate-words.ts';
import { headline, headlineText, labels } from './headline.ts';
import { cachePart } from './markdown/cache-part.ts';
import { drillPart } from './markdown/drill-part.ts';
import { gatePart } from './markdown/gate-part.ts';
import { judgePart } from './markdown/judge-part.ts';
import {
  autocannonPart,
  costTable,
  curveTable,
  errorTable,
  scarceList,
  timesTable,
  validityTable,
} from './markdown/load-parts.ts';
import { pairedPart, settingsPart } from './markdown/paired-part.ts';
import { attributionPart, slowestPart } from './markdown/slowest-part.ts';
import { escapeMarkdown, table } from './markdown/text.ts';
import { variantsPart } from './markdown/variants-part.ts';
import { objectiveTables, probeTable } from './markdown/verdict-parts.ts';
import { headlinePhase, phaseLoad } from './phases.ts';
import { clip, oneLine } from './plain.ts';
import { funnelWords } from './words.ts';
import { isWrong, wereAsked, worstQuestions } from './worst.ts';

const QUESTIONS_SHOWN = 10;
const LONGEST_NAME = 120;
const LONGEST_TEXT = 200;

/** The report in short, as Markdown that fits a comment on a pull request. User text stays text, on its line. */
export function renderMarkdown(record: RunRecord): string {
  const head = headline(record);
  const own = ownTables(record);
  const compared = [variantsPart(record), pairedPart(record), settingsPart(record)];
  return `${joined([
    `## ${escapeMarkdown(headlineText(head))}`,
    escapeMarkdown(head.sentence),
    labelLine(record),
    doubtList(record),
    gatePart(record),
    ...(record.drill ? [figureTable(record), drillPart(record)] : []),
    objectiveTables(record),
    ...(isAgainstAnother(record) || record.drill
      ? [...compared, folded(ownTitle(record), own)]
      : [own, ...compared]),
    questionTable(record),
    method(record),
  ])}\n`;
}

const joined = (blocks: readonly string[]): string => blocks.filter((block) => block !== '').join('\n\n');

/** What one run came to by itself. */
function ownTables(record: RunRecord): string {
  return joined([
    record.drill ? '' : figureTable(record),
    probeTable(record),
    curveTable(record),
    phaseTable(record),
    timesTable(record),
    attributionPart(record),
    slowestPart(record),
    funnelTable(record),
    cachePart(record),
    validityTable(record),
    scarceList(record),
    errorTable(record),
    costTable(record),
    autocannonPart(record),
    qualityTable(record),
    sliceTable(record, 'kind', 'Kind of question'),
    sliceTable(record, 'tag', 'Tag'),
    judgePart(record),
  ]);
}

/** Where a verdict is the subject, the tables of one run would bury it: they are there to be opened. */
function ownTitle({ gate, drill }: RunRecord): string {
  if (drill) return 'The load, in detail';
  return gate === undefined ? 'What one run came to by itself' : 'What the candidate came to by itself';
}

const folded = (title: string, body: string): string =>
  body === '' ? '' : `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;

function labelLine(record: RunRecord): string {
  const found = labels(record);
  return found.length === 0 ? '' : `*${escapeMarkdown(found.join('; '))}*`;
}

function doubtList(record: RunRecord): string {
  return doubts(record)
    .map(
      ({ weight, text }) =>
        `> ${weight === 'stop' ? '**Do not trust:** ' : ''}${escapeMarkdown(clip(oneLine(text), 400))}`,
    )
    .join('\n>\n');
}

function figureTable(record: RunRecord): string {
  const figures = keyFigures(record);
  if (figures.length === 0) return '';
  return table(
    ['Figure', 'Value', ''],
    figures.map(({ label, value, detail }) => [label, value, detail]),
  );
}

function phaseTable(record: RunRecord): string {
  const phases = record.load?.phases ?? [];
  // A search has a table of its probes.
  if (phases.length === 0 || record.capacity) return '';
  const note = pooledNote(phases.filter(({ warmup }) => !warmup));
  const row = (phase: PhaseRecord): string[] => [
    clip(oneLine(phase.name), LONGEST_NAME),
    phaseLoad(phase),
    rate(phase.achievedRate),
    count(phase.arrivals),
    share(phase.errorRate),
    ms(phase.latencyMs.p50),
    ms(phase.latencyMs.p95),
    ms(phase.latencyMs.p99),
    rate(phase.goodputPerSecond),
    share(phase.attainment),
    share(phase.cacheHitRate),
    phase.warmup ? 'warm-up' : phase.valid ? 'yes' : 'no',
  ];
  const headings = ['Phase', 'Load', 'Achieved /s', 'Arrivals', 'Error rate', 'p50 ms', 'p95 ms', 'p99 ms'];
  return `### Load\n\n${table([...headings, 'Goodput /s', 'Attainment', 'Hit rate', 'Valid'], phases.map(row))}${note === undefined ? '' : `\n\n${escapeMarkdown(note)}`}`;
}

function funnelTable(record: RunRecord): string {
  const phase = headlinePhase(record);
  const funnel = phase?.funnel ?? record.quality?.funnel ?? {};
  const rows = funnelRows(funnel).filter((row) => row.count > 0);
  if (rows.length === 0) return '';
  const of = phase
    ? `every request of ${phase.name} (deadline ${bound(phase.deadlineMs)})`
    : 'every question';
  return `### What became of ${escapeMarkdown(of)}\n\n${table(
    ['Class', 'Count', 'Share'],
    rows.map((row) => [row.label, count(row.count), share(row.share)]),
  )}`;
}

function qualityTable({ quality }: RunRecord): string {
  if (!quality) return '';
  const { right, retrievalAccuracy, measures } = quality;
  return `### Quality\n\n${table(
    ['Measure', 'Mean', '95 % interval', 'n'],
    [
      ['right answers', share(right.mean), interval(right.ci95, share), count(right.n)],
      [
        'retrieval accuracy',
        share(retrievalAccuracy.mean),
        interval(retrievalAccuracy.ci95, share),
        count(retrievalAccuracy.n),
      ],
      ...measures.map(({ name, mean, ci95, n }) => [name, score(mean), interval(ci95, score), count(n)]),
    ],
  )}`;
}

function sliceTable({ quality }: RunRecord, by: SliceRecord['by'], heading: string): string {
  const slices = quality?.slices.filter((slice) => slice.by === by) ?? [];
  return table(
    [heading, 'Right', '95 % interval', 'n'],
    slices.map(({ value, right }) => [
      clip(value, LONGEST_NAME),
      share(right.mean),
      interval(right.ci95, share),
      count(right.n),
    ]),
  );
}

function questionTable({ questions = [] }: RunRecord): string {
  if (!wereAsked(questions)) return '';
  const worst = worstQuestions(questions.filter(isWrong), QUESTIONS_SHOWN);
  if (worst.length === 0) return '';
  const rows = worst.map((question) => [
    clip(oneLine(question.question), LONGEST_TEXT),
    funnelWords(question.funnel).label,
    clip(oneLine(question.expected.answers[0] ?? question.expected.relevant[0] ?? MISSING), LONGEST_TEXT),
    clip(
      oneLine(question.returned?.answer ?? question.returned?.ranking?.[0] ?? question.error ?? MISSING),
      LONGEST_TEXT,
    ),
  ]);
  const headings = ['Question', 'Where it went wrong', 'Expected', 'Came'];
  return folded('Questions to look at first', table(headings, rows));
}

function method(record: RunRecord): string {
  const { environment, dataset } = record;
  const facts = [
    dataset &&
      `${dataset.name}${dataset.version ? ` ${dataset.version}` : ''}, ${counted(dataset.questions, 'question')}`,
    `${environment.cpu}, ${count(environment.cores)} cores`,
    `Node.js ${environment.node}`,
    `groundspeed ${environment.groundspeed}`,
    `seed ${record.seed}`,
    `run ${record.id}`,
  ];
  return escapeMarkdown(facts.filter(Boolean).join(' · '));
}
