import { FUNNEL } from '../judging/returned.ts';
import { joinPhases } from '../load/columns.ts';
import type { ResponseTable } from '../load/responses.ts';
import { summarisePhase } from '../load/summary.ts';
import type { RequestColumns } from '../records/columns.ts';
import type { LoadRecord, ResponseRecord } from '../records/schema.ts';
import type { LoadContext, RunPhase } from './load-phase.ts';
import type { LoadVerdicts } from './verdicts.ts';

export interface LoadResult {
  readonly load: LoadRecord;
  readonly requests: RequestColumns;
}

/** What came of a load, as the record keeps it: a summary of each phase, and a row for each request. */
export function loadResult(
  context: LoadContext,
  verdicts: LoadVerdicts,
  { phases, maximum }: { phases: readonly RunPhase[]; maximum: LoadRecord['closedLoopMaximum'] },
): LoadResult {
  const { target, errors } = context;
  const judged = phases.map(({ rows, setting }) => {
    return { rows, setting, verdicts: verdicts.of(rows, setting.deadline) };
  });
  return {
    load: {
      target: target.name,
      phases: judged.map((phase) => summarisePhase(phase.rows, phase.verdicts, phase.setting)),
      stages: [...target.stages],
      funnelClasses: [...FUNNEL],
      errorClasses: [...errors.list()],
      closedLoopMaximum: maximum,
    },
    requests: joinPhases(judged, target.stages.length),
  };
}

/** Documents of a response that the record keeps: enough to show what was wrong with it. */
const TOP_DOCUMENTS = 5;

/** Responses that are kept: a target that words each of a million answers anew must not make a record of gigabytes. */
const MOST_RESPONSES = 10_000;

/** The distinct responses, by their number. Of the first `known`, which are those of the quality pass, the questions tell. */
export function responseRecords(
  responses: ResponseTable,
  verdicts: LoadVerdicts,
  known: number,
): ResponseRecord[] {
  return Array.from({ length: Math.min(responses.size, MOST_RESPONSES) }, (_, id) => {
    const { answer, abstained, ranking } = responses.response(id);
    return {
      question: responses.question(id),
      abstained,
      right: verdicts.rightOf(id),
      ...(id >= known && {
        answer: answer ?? null,
        topDocuments: ranking?.ids.slice(0, TOP_DOCUMENTS) ?? [],
      }),
    };
  });
}
