import { z } from 'zod';
import { NIGHTLY_COMMANDS, NIGHTLY_VERDICTS, PERCENTILES } from '../../telemetry/catalogue.ts';
import { mustBe } from '../validate.ts';

const MOST_SCORES = 10_000;
const MOST_MEASURES = 40;
const share = z
  .number({ error: mustBe('a number from 0 to 1') })
  .min(0)
  .max(1);
const scores = z.array(share).max(MOST_SCORES);

/** What stands beside the golden figures where they are those of a nightly run, and not of a canary's round. */
const nightlySchema = z.strictObject(
  {
    command: z.enum(NIGHTLY_COMMANDS),
    /** Of the gate, or `invalid`; null for a sound run that was not gated. */
    verdict: z.enum(NIGHTLY_VERDICTS).nullable(),
    /** By name, `ndcg@10` say: the mean over questions. */
    measures: z
      .record(z.string().regex(/^[a-z][\w.@-]{0,47}$/), share)
      .refine((all) => Object.keys(all).length <= MOST_MEASURES, {
        error: `must have ${MOST_MEASURES} measures or fewer`,
      }),
    /** By percentile. */
    latency_seconds: z.partialRecord(z.enum(PERCENTILES), z.number().min(0)),
  },
  { error: mustBe('an object') },
);

/**
 * What golden questions came to, as `POST /api/evaluation` takes it and the file of analytics keeps it: a round of the canary's,
 * or with `nightly` a nightly run, which may have driven a load and asked no golden question.
 */
export const goldenRunSchema = z
  .strictObject(
    {
      dataset: z.string({ error: mustBe('text') }).regex(/^[\w.@/-]{1,64}$/, {
        error: 'must be 1 to 64 letters, digits, or . _ - @ /',
      }),
      /** Milliseconds since 1970, of the end of the round. */
      at: z.int({ error: mustBe('milliseconds since 1970') }).min(0),
      questions: z.int().min(0),
      failed: z.int().min(0),
      /** By k: of the relevant documents, the share among the first k; the mean over questions. */
      recall: z
        .record(z.string().regex(/^[1-9]\d{0,2}$/), share)
        .refine((all) => Object.keys(all).length <= 8, { error: 'must have 8 values of k or fewer' }),
      /** Success at 5 over answerable questions; null where none is. */
      retrieval_accuracy: share.nullable(),
      /** Share of the scored questions that were answered right; null where none is scored. */
      right: share.nullable(),
      /** One for each question that could be scored; of a nightly run none. */
      scores: z.strictObject({ golden_recall: scores, golden_right: scores }),
      nightly: nightlySchema.optional(),
    },
    { error: mustBe('a JSON object') },
  )
  .refine(({ questions, nightly }) => questions > 0 || nightly !== undefined, {
    path: ['questions'],
    error: 'must be 1 or more',
  });

export type GoldenRun = z.infer<typeof goldenRunSchema>;

/** Takes what golden questions came to, for the metrics of the whole service. */
export type TakeEvaluation = (run: GoldenRun) => Promise<void>;
