import { normal, type Random } from '../../src/kernel/random.ts';

/** How a measure differs from question to question between two runs. */
export interface QuestionShape {
  readonly name: string;
  /** The loss of one question, `loss` on average. */
  draw(loss: number, random: Random): number;
}

/** Of the questions, those whose score does not change at all. */
const TIES = 0.6;
const SPREAD = 0.25;
/** What scores of a few ranks differ by. */
const STEPS = [0.11, 0.37, 0.5, 1];
const MEAN_STEP = STEPS.reduce((sum, step) => sum + step, 0) / STEPS.length;
/** Of the questions, those whose answer becomes right or wrong. */
const FLIPS = 0.1;

/** ±1, the one for a loss more often as the mean asks for it. */
const sign = (mean: number, random: Random): number => (random.next() < (1 + mean) / 2 ? 1 : -1);

export const GRADED: QuestionShape = {
  name: `graded: ${100 * TIES} % ties, else normal, sd ${SPREAD}`,
  draw: (loss, random) => (random.next() < TIES ? 0 : loss / (1 - TIES) + SPREAD * normal(random)),
};

export const STEPPED: QuestionShape = {
  name: `stepped: ${100 * TIES} % ties, else ± ${STEPS.join(', ')}`,
  draw: (loss, random) =>
    random.next() < TIES
      ? 0
      : sign(loss / (1 - TIES) / MEAN_STEP, random) * STEPS[random.integer(STEPS.length)]!,
};

export const FLIPPED: QuestionShape = {
  name: `right or wrong: ${100 * FLIPS} % flip`,
  draw: (loss, random) => (random.next() < FLIPS ? sign(loss / FLIPS, random) : 0),
};
