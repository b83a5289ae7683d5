import type { RunRecord } from '../../records/schema.ts';
import {
  attributionOf,
  attributionWords,
  growthCell,
  partsWords,
  whySlowTitle,
  withheldWords,
} from '../attribution.ts';
import { duration, MISSING, ms, share } from '../format.ts';
import { headlinePhase, phaseLabel } from '../phases.ts';
import { clip, oneLine } from '../plain.ts';
import { partsOf, slowestRequests } from '../slowest.ts';
import { escapeMarkdown, table, titled } from './text.ts';

const SHOWN = 5;
const LONGEST_NAME = 60;
const LONGEST_PARTS = 120;

/** Why p99 is slow, by part, in the phase that the headline speaks of; or why it is not said. */
export function attributionPart(record: RunRecord): string {
  const phase = headlinePhase(record);
  if (phase === undefined) return '';
  const title = `${whySlowTitle(phase)} in ${oneLine(phaseLabel(phase))}`;
  const withheld = withheldWords(phase);
  if (withheld !== undefined) return titled(title, escapeMarkdown(withheld));
  const attribution = attributionOf(phase);
  if (!attribution) return '';
  const { slowest, stages } = attribution;
  const rows = stages.map((one) => [
    clip(oneLine(one.stage), LONGEST_NAME),
    ms(one.typicalMs),
    share(one.typicalShare),
    ms(one.slowestMs),
    share(one.slowestShare),
    growthCell(one.growthShare),
  ]);
  const headings = ['Part', 'p50 ms', 'of p50', `${slowest} ms`, `of ${slowest}`, 'of what is between'];
  const parts = partsWords(
    stages.map(({ stage }) => stage),
    record.load?.targetKind === 'in-process',
  );
  const text = [attributionWords(attribution), parts].filter((words) => words !== '').join(' ');
  return titled(title, `${escapeMarkdown(text)}\n\n${table(headings, rows)}`);
}

/** The slowest requests, with their traces where they have any. */
export function slowestPart(record: RunRecord): string {
  const requests = slowestRequests(record, SHOWN);
  return titled(
    'The slowest requests',
    requests.length === 0
      ? ''
      : table(
          ['Question', 'Phase', 'Due', 'Latency ms', 'Outcome', 'Where its time went', 'Trace'],
          requests.map(({ id, phase, dueMs, latencyMs, outcome, traceId, ...rest }) => [
            clip(oneLine(id), LONGEST_NAME),
            clip(oneLine(phase), LONGEST_NAME),
            duration(dueMs),
            ms(latencyMs),
            outcome,
            clip(partsOf({ latencyMs, ...rest }), LONGEST_PARTS),
            traceId ?? MISSING,
          ]),
        ),
  );
}
