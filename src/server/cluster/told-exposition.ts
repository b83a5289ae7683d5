import type { ExpositionFormat } from '../../telemetry/openmetrics.ts';
import type { Exposition, Reading } from '../standing-exposition.ts';
import type { PrimaryMethods } from './protocol.ts';

type Told = PrimaryMethods['exposition'];

/**
 * The metrics of all processes, as the primary tells them to one of them. It is asked each time, so that no two processes show
 * them in another order than they were read; what is known here already need not come once more.
 */
export function toldExposition(ask: (given: Told['given']) => Promise<Told['back']>): Exposition {
  const known = new Map<ExpositionFormat, Reading>();
  return async (format) => {
    const last = known.get(format);
    const { number, text = last!.text } = await ask({ format, known: last?.number });
    if (number > (known.get(format)?.number ?? 0)) known.set(format, { number, text });
    return text;
  };
}
