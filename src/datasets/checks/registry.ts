import { answerInEvidence } from './answer-in-evidence.ts';
import { balance } from './balance.ts';
import { changedDocuments } from './changed-documents.ts';
import type { DatasetCheck } from './check.ts';
import { contradictoryLabels } from './contradictory-labels.ts';
import { duplicateQuestions } from './duplicate-questions.ts';
import { evidenceVerbatim } from './evidence-verbatim.ts';
import { judgedHoles } from './judged-holes.ts';
import { leakedAnswer } from './leaked-answer.ts';
import { manifestFits } from './manifest-fits.ts';
import { strayJudgements } from './stray-judgements.ts';
import { unresolvedIds } from './unresolved-ids.ts';
import { untouchedDocuments } from './untouched-documents.ts';
import { unusable } from './unusable.ts';

/** The checks that need no search, in the order in which they are told. Those that search are the experiments'. */
export const CHECKS: readonly DatasetCheck[] = [
  unresolvedIds,
  strayJudgements,
  evidenceVerbatim,
  answerInEvidence,
  contradictoryLabels,
  manifestFits,
  unusable,
  leakedAnswer,
  duplicateQuestions,
  balance,
  untouchedDocuments,
  changedDocuments,
  judgedHoles,
];
