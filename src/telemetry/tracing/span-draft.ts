export type AttributeValue = string | number | boolean | readonly string[] | readonly number[];
export type Attributes = Readonly<Record<string, AttributeValue>>;

export interface SpanEvent {
  readonly name: string;
  /** On the engine's clock, in milliseconds. */
  readonly at: number;
  readonly attributes: Attributes;
}

/** A span before anything writes it: plain data, times in milliseconds on the engine's clock. */
export interface SpanDraft {
  readonly name: string;
  readonly kind: 'internal' | 'client' | 'server';
  readonly start: number;
  readonly end: number;
  readonly attributes: Record<string, AttributeValue>;
  readonly events: SpanEvent[];
  /** What went wrong, as `error.type`. */
  readonly error?: string | undefined;
  readonly children: SpanDraft[];
}

/** Milliseconds from `start` to `end` that no child covers. Children may overlap, and stand out at either end. */
export function unaccountedMs(
  { start, end }: Pick<SpanDraft, 'start' | 'end'>,
  children: readonly Pick<SpanDraft, 'start' | 'end'>[],
): number {
  let covered = start;
  let gaps = 0;
  for (const child of children.toSorted((a, b) => a.start - b.start)) {
    if (child.start > covered) gaps += Math.min(child.start, end) - Math.min(covered, end);
    covered = Math.max(covered, child.end);
  }
  return gaps + Math.max(0, end - covered);
}
