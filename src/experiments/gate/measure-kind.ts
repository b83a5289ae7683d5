import { isRetrievalMeasure } from '../../measures/measure.ts';
import { parseMeasures } from '../../measures/registry.ts';
import { RIGHT } from './policy.ts';

/** Documents of a ranking that a record keeps: a measure that looks deeper may move though these did not. */
const RANKED = 10;

function retrievalMeasure(name: string) {
  if (name === RIGHT) return undefined;
  try {
    const measure = parseMeasures([name])[0]!;
    return isRetrievalMeasure(measure) ? measure : undefined;
  } catch {
    return undefined; // a model's judgement
  }
}

/** Whether a measure reads rankings and no answers. */
export const isRetrieval = (name: string): boolean => retrievalMeasure(name) !== undefined;

/** Whether all that it reads is kept in the record. */
export const readsRankingsAlone = (name: string): boolean =>
  (retrievalMeasure(name)?.k ?? Number.POSITIVE_INFINITY) <= RANKED;
