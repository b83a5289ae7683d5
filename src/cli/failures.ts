import { GroundspeedError } from '../kernel/errors.ts';
import type { RunRecord } from '../records/schema.ts';
import { count, counted } from '../reporting/format.ts';
import type { Progress } from './progress.ts';

/** Kinds of failure that are told; the report has them all. */
const TOLD = 3;

interface Failures {
  readonly failed: number;
  readonly asked: number;
  /** How often each came, the most frequent first. */
  readonly messages: readonly (readonly [message: string, times: number])[];
}

/** Warns of questions that got no answer at all, which a score of 0 would hide; where they are most, the error does. */
export function tellFailures(record: RunRecord, progress: Progress): void {
  const failures = failuresIn(record);
  const { failed, asked, messages } = failures;
  const [first, ...others] = messages;
  if (first === undefined || (record.complete && areMost(failures))) return;
  const more = others.length === 0 ? '' : ` (and ${counted(others.length, 'other failure')})`;
  progress.warn(`${count(failed)} of ${counted(asked, 'question')} failed: ${first[0]}${more}`);
}

/** A run most of whose questions failed says nothing of quality: what is asked, or a service behind it, is down. */
export function refuseMostlyFailed(record: RunRecord): void {
  const failures = failuresIn(record);
  if (!areMost(failures)) return;
  const { failed, asked, messages } = failures;
  throw new GroundspeedError(
    'target.unavailable',
    `${count(failed)} of ${counted(asked, 'question')} failed, so that the run says nothing of quality`,
    {
      problems: messages.slice(0, TOLD).map(([message, times]) => `${count(times)} × ${message}`),
      hint: 'Mend that, and run it again. The report of this run is kept.',
    },
  );
}

const areMost = ({ failed, asked }: Failures): boolean => failed * 2 > asked;

function failuresIn({ questions = [] }: RunRecord): Failures {
  const messages = new Map<string, number>();
  for (const { error } of questions) {
    if (error !== null) messages.set(error, (messages.get(error) ?? 0) + 1);
  }
  const failed = [...messages.values()].reduce((sum, times) => sum + times, 0);
  return { failed, asked: questions.length, messages: [...messages].sort(([, a], [, b]) => b - a) };
}
