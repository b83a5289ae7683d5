import { z } from 'zod';
import { mustBe } from '../validate.ts';

const MOST_SCORES = 10_000;
const share = z
  .number({ error: mustBe('a number from 0 to 1') })
  .min(0)
  .max(1);
const scores = z.array(share).max(MOST_SCORES);

/** What a round of golden questions came to, as `POST /api/evaluation` takes it and the file of analytics keeps it. */
export const goldenRunSchema = z.strictObject(
  {
    dataset: z.string({ error: mustBe('text') }).regex(/^[\w.@/-]{1,64}$/, {
      error: 'must be 1 to 64 letters, digits, or . _ - @ /',
    }),
    /** Milliseconds since 1970, of the end of the round. */
    at: z.int({ error: mustBe('milliseconds since 1970') }).min(0),
    questions: z.int().min(1),
    failed: z.int().min(0),
    /** By k: of the relevant documents, the share among the first k; the mean over questions. */
    recall: z
      .record(z.string().regex(/^[1-9]\d{0,2}$/), share)
      .refine((all) => Object.keys(all).length <= 8, { error: 'must have 8 values of k or fewer' }),
    /** Success at 5 over answerable questions; null where none is. */
    retrieval_accuracy: share.nullable(),
    /** Share of the scored questions that were answered right; null where none is scored. */
    right: share.nullable(),
    /** One for each question that could be scored. */
    scores: z.strictObject({ golden_recall: scores, golden_right: scores }),
  },
  { error: mustBe('a JSON object') },
);

export type GoldenRun = z.infer<typeof goldenRunSchema>;

/** Takes what a round of golden questions came to, for the metrics of the whole service. */
export type TakeEvaluation = (run: GoldenRun) => Promise<void>;
