import { GroundspeedError } from '../../src/kernel/errors.ts';
import { DEFAULT_MEASURES, parseMeasures } from '../../src/measures/registry.ts';
import { parseSlo, type SloOptions } from '../../src/objectives/parse.ts';
import type { Slo } from '../../src/objectives/slo.ts';
import { nearest } from '../../src/text/nearest.ts';

/** What an SLO may name, as the commands have it. */
export const MEASURES: SloOptions = {
  isMeasure: (name) => {
    try {
      return parseMeasures([name])[0]?.name === name;
    } catch {
      return false;
    }
  },
  measures: DEFAULT_MEASURES,
  suggest: nearest,
};

export const read = (text: string): Slo => parseSlo(text, MEASURES);

/** The error that a text raises. Anything that is none of ours goes on. */
export function errorOf(text: string, options: SloOptions = MEASURES): GroundspeedError {
  try {
    parseSlo(text, options);
  } catch (thrown) {
    if (thrown instanceof GroundspeedError) return thrown;
    throw thrown;
  }
  throw new Error(`${JSON.stringify(text)} was accepted`);
}

/** What an SLO says, without the words in which it was said. */
export function meaningOf({ clauses, deadlineMs, firstTokenDeadlineMs }: Slo): Omit<Slo, 'text'> {
  return { clauses: clauses.map((clause) => ({ ...clause, text: '' })), deadlineMs, firstTokenDeadlineMs };
}
