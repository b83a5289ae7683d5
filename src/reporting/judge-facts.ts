import type { AgreementRecord, JudgementSummary, JudgeRecord } from '../records/judge-schema.ts';
import { counted, MISSING, share } from './format.ts';

/** What every report says of a model that judged: rows of plain text, which each report escapes and lays out. */
export interface JudgeFacts {
  /** One line: the model, its settings, its cost. */
  readonly summary: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly agreementColumns: readonly string[];
  /** Empty without human labels. */
  readonly agreementRows: readonly (readonly string[])[];
  /** What the reader must know to trust or doubt the scores. */
  readonly notes: readonly string[];
}

export function judgeFacts(record: JudgeRecord): JudgeFacts {
  const { judgements, agreement } = record;
  return {
    summary: summaryOf(record),
    columns: ['judged by the model', 'mean', '95 %', 'n', 'failed', 'prompt'],
    rows: judgements.map(judgementRow),
    agreementColumns: ['against people', 'n', 'agreement', '95 %', "Cohen's κ", '95 %'],
    agreementRows: (agreement ?? []).map(agreementRow),
    notes: notesOn(record),
  };
}

function summaryOf({
  model,
  service,
  temperature,
  seed,
  calls,
  cached,
  costUsd,
  ...record
}: JudgeRecord): string {
  const named = record.answeredBy.filter((name) => name !== model);
  return [
    `${model}${named.length > 0 ? ` (${named.join(', ')})` : ''} at ${service}`,
    `temperature ${temperature ?? 'of the service'}`,
    seed === null ? 'no seed' : `seed ${seed}`,
    record.structuredOutput === 'none' ? 'unstructured output' : record.structuredOutput,
    `${counted(calls, 'call')}, ${cached} from the cache`,
    `${record.inputTokens} + ${record.outputTokens} tokens`,
    costUsd === null ? 'cost not known' : `$${costUsd.toFixed(4)}`,
  ].join(' · ');
}

function judgementRow({ name, mean, ci95, n, failed, failedShare, prompt }: JudgementSummary): string[] {
  return [
    name,
    figure(mean),
    interval(ci95),
    String(n),
    failed === 0 ? '0' : `${failed} (${share(failedShare)})`,
    `v${prompt.version} ${prompt.hash.slice(0, 8)}`,
  ];
}

function agreementRow(one: AgreementRecord): string[] {
  const weights = one.scale === 'graded' ? ' (linear weights)' : '';
  return [
    one.judgement,
    String(one.n),
    share(one.agreement),
    interval(one.agreementCi95),
    `${figure(one.kappa)}${weights}`,
    interval(one.kappaCi95),
  ];
}

function notesOn({ judgements, agreement, stopped }: JudgeRecord): string[] {
  const withheld = judgements.filter((one) => one.withheld).map(({ name }) => name);
  const missing = judgements.reduce((sum, { notReached }) => sum + notReached, 0);
  const unmatched = (agreement ?? []).reduce((sum, one) => sum + one.unmatched, 0);
  return [
    ...(withheld.length > 0
      ? [`Withheld, since more than 5 % of the judgements failed: ${withheld.join(', ')}.`]
      : []),
    ...(stopped === null
      ? []
      : [`Judging ended early (${stopped}): ${missing} judgements were not reached.`]),
    ...(unmatched > 0 ? [`${counted(unmatched, 'label')} met no score of the model.`] : []),
    agreement === null
      ? 'Scores of a model, held against no human label: --labels FILE measures how far they can be trusted.'
      : '',
  ].filter((note) => note !== '');
}

const figure = (value: number | null): string => value?.toFixed(3) ?? MISSING;

const interval = (bounds: readonly [number, number] | null): string =>
  bounds === null ? MISSING : `${figure(bounds[0])} to ${figure(bounds[1])}`;
