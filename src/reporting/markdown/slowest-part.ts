import type { RunRecord } from '../../records/schema.ts';
import { attributionOf, attributionWords } from '../attribution.ts';
import { duration, MISSING, ms, share } from '../format.ts';
import { headlinePhase, phaseLabel } from '../phases.ts';
import { clip, oneLine } from '../plain.ts';
import { slowestRequests } from '../slowest.ts';
import { escapeMarkdown, table, titled } from './text.ts';

const SHOWN = 5;
const LONGEST_NAME = 60;

/** Why p99 is slow, by stage, in the phase that the headline speaks of. */
export function attributionPart(record: RunRecord): string {
  const phase = headlinePhase(record);
  const attribution = phase && attributionOf(phase);
  if (!attribution) return '';
  const rows = attribution.stages.map((one) => [
    clip(oneLine(one.stage), LONGEST_NAME),
    ms(one.typicalMs),
    share(one.typicalShare),
    ms(one.slowestMs),
    share(one.slowestShare),
    one.growthShare === null ? MISSING : share(one.growthShare),
  ]);
  const headings = ['Part', 'p50 ms', 'of p50', 'p99 ms', 'of p99', 'of what is between'];
  return titled(
    `Why p99 is slow in ${oneLine(phaseLabel(phase))}`,
    `${escapeMarkdown(attributionWords(attribution))}\n\n${table(headings, rows)}`,
  );
}

/** The slowest requests, with their traces where they have any. */
export function slowestPart(record: RunRecord): string {
  const requests = slowestRequests(record, SHOWN);
  return titled(
    'The slowest requests',
    requests.length === 0
      ? ''
      : table(
          ['Question', 'Phase', 'Due', 'Latency ms', 'Outcome', 'Trace'],
          requests.map(({ id, phase, dueMs, latencyMs, outcome, traceId }) => [
            clip(oneLine(id), LONGEST_NAME),
            clip(oneLine(phase), LONGEST_NAME),
            duration(dueMs),
            ms(latencyMs),
            outcome,
            traceId ?? MISSING,
          ]),
        ),
  );
}
