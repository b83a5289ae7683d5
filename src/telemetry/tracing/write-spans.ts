import type { Context, HrTime, Span, SpanKind } from '@opentelemetry/api';
import type { FinishedQuery } from './query-trace.ts';
import type { LoadedSdk } from './sdk.ts';
import type { Attributes, SpanDraft } from './span-draft.ts';

/** Turns the engine's clock into the calendar, once for all spans of a trace: a calendar that is set back moves none of them. */
export type Calendar = (at: number) => HrTime;

export function calendarAt(now: number, epoch: number): Calendar {
  const offset = epoch - now;
  return (at) => {
    const milliseconds = at + offset;
    const seconds = Math.floor(milliseconds / 1000);
    return [seconds, Math.round((milliseconds - seconds * 1000) * 1e6)];
  };
}

type Api = LoadedSdk['api'];

export function kindOf({ SpanKind }: Api, kind: SpanDraft['kind']): SpanKind {
  if (kind === 'internal') return SpanKind.INTERNAL;
  return kind === 'client' ? SpanKind.CLIENT : SpanKind.SERVER;
}

/** Ends the root with what became of it, and writes everything below. */
export function writeQuery(
  root: Span,
  { end, attributes, events, error, children }: FinishedQuery,
  { sdk, calendar }: { readonly sdk: Pick<LoadedSdk, 'api' | 'tracer'>; readonly calendar: Calendar },
): void {
  const { api, tracer } = sdk;
  const finish = (span: Span, draft: Pick<SpanDraft, 'events' | 'error' | 'end'>): void => {
    for (const event of draft.events) span.addEvent(event.name, copied(event.attributes), calendar(event.at));
    if (draft.error !== undefined) span.setStatus({ code: api.SpanStatusCode.ERROR });
    span.end(calendar(draft.end));
  };
  const write = (draft: SpanDraft, parent: Context): void => {
    const { name, kind, start } = draft;
    const span = tracer.startSpan(
      name,
      { kind: kindOf(api, kind), startTime: calendar(start), attributes: copied(draft.attributes) },
      parent,
    );
    const context = api.trace.setSpan(parent, span);
    for (const child of draft.children) write(child, context);
    finish(span, draft);
  };
  const context = api.trace.setSpan(api.ROOT_CONTEXT, root);
  for (const child of children) write(child, context);
  root.setAttributes(copied(attributes));
  if (error !== undefined) root.setAttribute('error.type', error);
  finish(root, { events: [...events], error, end });
}

/** As the API's types have them: lists that may be written to. */
function copied(attributes: Attributes): Record<string, string | number | boolean | string[] | number[]> {
  return attributes as Record<string, string | number | boolean | string[] | number[]>;
}
