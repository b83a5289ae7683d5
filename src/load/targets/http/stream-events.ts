import { createParser } from 'eventsource-parser';
import type { Json } from './expressions.ts';

/** One event of a stream, as expressions see it. */
export interface StreamEvent {
  /** The name that server-sent events may have; undefined elsewhere. */
  readonly name: string | undefined;
  readonly data: string;
}

/**
 * What expressions are asked of: the object in the event's data, with the event's name as `event` unless it has such a
 * field itself. Data that is no object stands at `data`: a list or text in quotes as what it is, anything else as the
 * text that it is, for a piece of an answer may look like a number.
 */
export function eventView({ name, data }: StreamEvent): { [name: string]: Json } {
  const value = /^\s*[[{"]/.test(data) ? jsonOr(data) : data;
  const view = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { data: value };
  if (name !== undefined && !('event' in view)) view.event = name;
  return view;
}

function jsonOr(data: string): Json {
  try {
    return JSON.parse(data) as Json;
  } catch {
    return data;
  }
}

/** Reads a stream piece by piece; `onEvent` is told each event as soon as it is whole. */
export interface EventReader {
  feed(text: string): void;
  /** What the stream ends with counts, though the line break behind it is missing. */
  end(): void;
}

/** Server-sent events, as the HTML standard has them ("9.2.6 Interpreting an event stream"). */
export function sseReader(onEvent: (event: StreamEvent) => void): EventReader {
  const parser = createParser({ onEvent: ({ event, data }) => onEvent({ name: event, data }) });
  return { feed: (text) => parser.feed(text), end: () => parser.feed('\n\n') };
}

/** A value a line; empty lines are nothing. */
export function ndjsonReader(onEvent: (event: StreamEvent) => void): EventReader {
  let rest = '';
  const tell = (line: string): void => {
    if (line.trim() !== '') onEvent({ name: undefined, data: line });
  };
  return {
    feed(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) tell(line);
    },
    end() {
      tell(rest);
      rest = '';
    },
  };
}

export function eventReader(stream: 'sse' | 'ndjson', onEvent: (event: StreamEvent) => void): EventReader {
  return stream === 'sse' ? sseReader(onEvent) : ndjsonReader(onEvent);
}

/** Every event of a whole stream. */
export function readEvents(text: string, stream: 'sse' | 'ndjson'): StreamEvent[] {
  const events: StreamEvent[] = [];
  const reader = eventReader(stream, (event) => events.push(event));
  reader.feed(text.replace(/^\uFEFF/, ''));
  reader.end();
  return events;
}

/**
 * Whether the event that ends the stream has come: `done` is its data, or its name. An event without data is none by
 * the standard, yet some end their streams with its bare name.
 */
export function hasEnded(text: string, events: readonly StreamEvent[], done: string): boolean {
  return (
    events.some(({ name, data }) => name === done || data.trim() === done) ||
    text.split(/\r\n|\n|\r/).some((line) => /^event: ?(.*)$/.exec(line)?.[1] === done)
  );
}
