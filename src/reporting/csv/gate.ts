import type { RunRecord } from '../../records/schema.ts';
import { type Cell, write } from './cells.ts';

const HEADINGS = [
  'subject',
  'name',
  'kind',
  'primary',
  'verdict',
  'confirmed',
  'baseline',
  'candidate',
  'n',
  'loss',
  'loss_low',
  'loss_high',
  'delta',
  'p',
  'adjusted_p',
  'detectable',
  'wins',
  'ties',
  'losses',
  'why',
  'moved',
];

/** One line a judged thing, in the order of the policy; losses of indicators as ln ratios, of measures as differences. */
export function renderGateCsv({ gate }: RunRecord): string {
  return write([
    HEADINGS,
    ...(gate?.rows ?? []).map((row): Cell[] => [
      row.subject,
      row.name,
      row.kind,
      row.primary,
      row.verdict,
      row.confirmed,
      row.baseline,
      row.candidate,
      row.n,
      row.estimate,
      row.interval?.[0] ?? null,
      row.interval?.[1] ?? null,
      row.delta,
      row.p,
      row.adjustedP,
      row.detectable,
      row.wins,
      row.ties,
      row.losses,
      row.why,
      row.moved.join(' | '),
    ]),
  ]);
}
