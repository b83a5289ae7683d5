import { FUNNEL } from '../judging/returned.ts';
import { joinPhases } from '../load/columns.ts';
import { freshAnswers } from '../load/fresh-answers.ts';
import type { RunPhase } from '../load/phase.ts';
import type { LoadContext } from '../load/phase-plan.ts';
import type { ResponseTable } from '../load/responses.ts';
import { summarisePhase } from '../load/summary.ts';
import type { Slo } from '../objectives/slo.ts';
import type { RequestColumns } from '../records/columns.ts';
import type { LoadRecord, ResponseRecord } from '../records/schema.ts';
import { sloRecord } from './slo-record.ts';
import type { LoadVerdicts } from './verdicts.ts';

export interface LoadResult {
  readonly load: LoadRecord;
  /** A row for each request. The phases are empty afterwards. */
  readonly takeRequests: () => RequestColumns;
}

export interface LoadPhases {
  readonly phases: readonly RunPhase[];
  readonly maximum: LoadRecord['closedLoopMaximum'];
  readonly slo?: Slo | undefined;
}

/** What came of a load, as the record keeps it: a summary of each phase, the SLO judged, and a row for each request. */
export function loadResult(
  context: LoadContext,
  verdicts: LoadVerdicts,
  { phases, maximum, slo }: LoadPhases,
): LoadResult {
  const { target, errors } = context;
  const ofRows = phases.map(({ rows, setting }) => {
    return { rows, setting, verdicts: verdicts.of(rows, setting) };
  });
  const fresh = freshAnswers(ofRows);
  const judged = ofRows.map((phase) => ({ ...phase, verdicts: { ...phase.verdicts, fresh } }));
  const records = judged.map((phase) => summarisePhase(phase.rows, phase.verdicts, phase.setting));
  const toldStages = phases.some(({ rows }) => rows.stages.some((stage) => stage.isTold));
  const stages = toldStages ? [...target.stages] : [];
  const sloPhases = judged.map((phase, index) => ({ judged: phase, record: records[index]! }));
  return {
    load: {
      target: target.name,
      targetKind: target.kind,
      returns: target.returns,
      slo: slo === undefined ? null : sloRecord(slo, sloPhases),
      autocannon: null,
      phases: records,
      stages,
      funnelClasses: [...FUNNEL],
      errorClasses: [...errors.list()],
      closedLoopMaximum: maximum,
    },
    takeRequests: () => joinPhases(judged, stages.length),
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
