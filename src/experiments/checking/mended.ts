import type { TargetOptions } from '../../load/options.ts';
import { QUESTION_PLACE } from '../guess-request.ts';
import type { TargetCheck } from './facts.ts';

/** Settings that change how a reply is read, and not how it is asked for. */
const READING = /^target\.(?:(response|events|ids)\.(\w+)|stream)$/;

/** Groups of settings, each with the names that are set in it. */
interface Readings {
  readonly stream?: TargetOptions['stream'];
  readonly response: Readonly<Record<string, string>>;
  readonly events: Readonly<Record<string, string>>;
  readonly ids: Readonly<Record<string, string>>;
}

/**
 * The settings with what a check proposes about reading the reply; undefined where it proposes nothing. Where the answer
 * or the passages stand elsewhere than in groundspeed's own API, it is another API, all of which is written down.
 */
export function mended(
  section: TargetOptions,
  check: Pick<TargetCheck, 'changes' | 'understood'>,
): TargetOptions | undefined {
  const found = readingsIn(
    check.changes.flatMap(({ setting, value }) => (setting === null ? [] : [[setting, value]])),
  );
  const { stream, response, events, ids } = found;
  const changesApi =
    stream !== undefined || ['answer', 'passages'].some((name) => response[name] !== undefined);
  const isOwnApi = section.preset === 'groundspeed' && (changesApi || Object.keys(events).length > 0);
  const known = isOwnApi ? readingsIn(understoodBy(check)).response : {};
  const none = [response, events, ids].every((group) => Object.keys(group).length === 0);
  if (none && stream === undefined) return undefined;
  const { answer, ...others } = section.response;
  // While nothing was known, the whole reply stood for the answer.
  const stated = answer === '@' && response.passages !== undefined ? others : section.response;
  return {
    ...section,
    preset: isOwnApi ? undefined : section.preset,
    ...(isOwnApi && { body: section.body ?? { query: QUESTION_PLACE } }),
    ...(stream !== undefined && { stream }),
    response: { ...stated, ...known, ...response },
    events: { ...section.events, ...events },
    ids: { ...section.ids, ...ids } as TargetOptions['ids'],
  };
}

const understoodBy = ({ understood }: Pick<TargetCheck, 'understood'>): [string, unknown][] =>
  understood.flatMap(({ setting, expression, value }) =>
    value === null || expression === null ? [] : [[setting, expression]],
  );

function readingsIn(settings: readonly (readonly unknown[])[]): Readings {
  const groups: Record<string, Record<string, string>> = { response: {}, events: {}, ids: {} };
  let stream: Readings['stream'];
  for (const [setting, value] of settings) {
    const [whole, group, name] = READING.exec(String(setting)) ?? [];
    if (whole === undefined) continue;
    if (group === undefined || name === undefined) stream = value as Readings['stream'];
    else groups[group]![name] = String(value);
  }
  return { ...(groups as unknown as Readings), ...(stream !== undefined && { stream }) };
}

/** How much of a reply is understood: more is better. */
export function worth({ failure, understood, passages }: TargetCheck): number {
  const found = understood.filter(({ value }) => value !== null).length;
  const known = passages.filter((passage) => passage.known).length;
  return (failure === null ? 1000 : 0) + found * 10 + known;
}
