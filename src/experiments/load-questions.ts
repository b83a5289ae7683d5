import type { GoldenQuestion } from '../datasets/golden.ts';
import type { PhaseRecorder } from '../load/recorder.ts';
import type { ResponseTable } from '../load/responses.ts';
import { NO_RESPONSE } from '../records/columns.ts';
import type { QuestionRecord } from '../records/schema.ts';
import type { Judge } from './judge.ts';
import { type Judged, questionRecords } from './question-records.ts';
import type { LoadVerdicts } from './verdicts.ts';

/**
 * The golden questions of a load, each with the first answer that it got; one that was never answered shows none, and one
 * that was never asked is unscored. A load has no quality pass of its own, but its answers are as good as any to look at.
 */
export function questionsUnderLoad(
  questions: readonly GoldenQuestion[],
  phases: readonly { readonly rows: PhaseRecorder }[],
  verdicts: { readonly judge: Judge; readonly load: LoadVerdicts; readonly responses: ResponseTable },
): QuestionRecord[] {
  const { first, asked } = firstAnswers(questions.length, phases);
  const sample = verdicts.responses.size === 0 ? undefined : verdicts.responses.response(0);
  return questionRecords(
    questions.map((question, index): Judged => {
      const answer = first[index];
      if (answer === undefined) {
        const wasAsked = asked[index] === 1;
        return {
          question,
          response: undefined,
          error: wasAsked ? 'no answer came under load' : null,
          latency: Number.NaN,
          right: wasAsked ? verdicts.judge.judgeFailure(question, sample) : 'unscored',
          funnel: wasAsked ? 'error' : 'unscored',
          firstRelevantRank: null,
          scores: {},
        };
      }
      const response = verdicts.responses.response(answer.response);
      const { right, classification } = verdicts.judge.judge(question, response);
      return {
        question,
        response,
        error: null,
        latency: answer.latency,
        right,
        funnel: classification.class,
        firstRelevantRank: classification.firstRelevantRank,
        scores: verdicts.load.scoresOf(answer.response),
      };
    }),
  );
}

interface FirstAnswer {
  readonly response: number;
  readonly latency: number;
}

function firstAnswers(
  count: number,
  phases: readonly { readonly rows: PhaseRecorder }[],
): { first: readonly (FirstAnswer | undefined)[]; asked: Uint8Array } {
  const first = new Array<FirstAnswer | undefined>(count).fill(undefined);
  const asked = new Uint8Array(count);
  for (const { rows } of phases) {
    for (let row = 0; row < rows.rows; row += 1) {
      const question = rows.question[row]!;
      const response = rows.response[row]!;
      asked[question] = 1;
      if (response === NO_RESPONSE || first[question] !== undefined) continue;
      first[question] = { response, latency: rows.end[row]! - rows.due[row]! };
    }
  }
  return { first, asked };
}
