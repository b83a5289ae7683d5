import { messageOf } from '../../kernel/errors.ts';
import type { StreamKind } from '../../load/options.ts';
import { compileExpression, type Expression } from '../../load/targets/http/expressions.ts';
import { eventView, readEvents } from '../../load/targets/http/stream-events.ts';
import type { TargetDescription } from '../../load/targets/http/target-description.ts';
import type { Json } from '../guess-mapping.ts';

/** A reply as expressions see it, and what it turned out to be, whatever the description said. */
export interface ReplyView {
  readonly kind: StreamKind | 'text' | 'html' | 'empty';
  /** What the expressions of `target.response` read; undefined where there is nothing that could be read. */
  readonly value: Json | undefined;
  /** The events of a stream, in order; empty elsewhere. */
  readonly events: readonly Json[];
  /** Data by which a stream says that it is over; undefined where it has none. */
  readonly done?: string;
}

/** By what most streams end that end by a word. */
const USUAL_END = '[DONE]';

/** Looks at a reply as what it is: one JSON value, a stream of events, lines of JSON, or no more than text. */
export function viewReply(
  text: string,
  contentType: string | undefined,
  { events: expressions }: Pick<TargetDescription, 'events'>,
): ReplyView {
  const nothing = { value: undefined, events: [] };
  if (text.trim() === '') return { kind: 'empty', ...nothing };
  const whole = parsed(text);
  if (whole !== undefined) return { kind: 'none', value: whole, events: [] };
  if (/^\s*(<!doctype|<html)/i.test(text)) return { kind: 'html', ...nothing };
  const stream = streamIn(text, contentType);
  if (stream === undefined) return { kind: 'text', ...nothing };
  const done = expressions.done ?? USUAL_END;
  const all = readEvents(text, stream);
  const events = all.filter(({ data }) => data.trim() !== done).map((event) => eventView(event) as Json);
  const value = finalOf(events, expressions.final);
  return { kind: stream, value, events, ...(events.length < all.length && { done }) };
}

function streamIn(text: string, contentType: string | undefined): 'sse' | 'ndjson' | undefined {
  if (contentType === 'text/event-stream' || /^(data|event|id|retry):/m.test(text)) return 'sse';
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.length > 0 && lines.every((line) => parsed(line) !== undefined) ? 'ndjson' : undefined;
}

/** What the final events hold together; without a word on which they are, the last event. */
function finalOf(events: readonly Json[], final: string | undefined): Json | undefined {
  if (final === undefined) return events.at(-1);
  const find = compileExpression(final);
  let merged: { readonly [name: string]: Json } | undefined;
  for (const event of events) {
    const found = foundBy(find, event);
    const content = found === true ? event : found;
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) {
      merged = { ...merged, ...(content as { [name: string]: Json }) };
    }
  }
  return merged;
}

/** What an expression finds; undefined for nothing and where it cannot be evaluated. */
export function foundBy(find: Expression, value: Json): Json | undefined {
  try {
    return (find(value as Parameters<Expression>[0]) as Json) ?? undefined;
  } catch {
    return undefined;
  }
}

/** What an expression finds, or the reason why it finds nothing. */
export function lookFor(
  expression: string,
  value: Json,
): { readonly value: Json } | { readonly reason: string } {
  try {
    const found = compileExpression(expression)(value as Parameters<Expression>[0]) as Json;
    return found === null ? { reason: 'nothing stands there' } : { value: found };
  } catch (thrown) {
    return { reason: messageOf(thrown) };
  }
}

export function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
