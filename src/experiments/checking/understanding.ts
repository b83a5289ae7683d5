import type { StreamKind } from '../../load/options.ts';
import type { TargetResponse } from '../../load/target.ts';
import type { ResponseField, TargetDescription } from '../../load/targets/http/target-description.ts';
import type { Json } from '../guess-mapping.ts';
import { isList, isObject } from '../guessing/json-paths.ts';
import { lookFor, type ReplyView } from './reply-view.ts';

/** One thing that a reply may tell: what was understood, by which expression, or why nothing was. */
export interface Understood {
  readonly field: string;
  /** The setting that says where it stands. */
  readonly setting: string;
  /** Null where the description has none. */
  readonly expression: string | null;
  /** Null where nothing was understood. */
  readonly value: Json;
  /** Why there is no value, or what else is to be known of it. */
  readonly note: string | null;
}

const WHOLE: readonly { readonly field: string; readonly name: ResponseField }[] = [
  { field: 'abstained', name: 'abstained' },
  { field: 'confidence', name: 'confidence' },
  { field: 'cache', name: 'cache' },
  { field: 'tokens in', name: 'inputTokens' },
  { field: 'tokens out', name: 'outputTokens' },
  { field: 'cost in US dollars', name: 'costUsd' },
];

const PARTS: readonly { readonly field: string; readonly name: ResponseField }[] = [
  { field: 'its id', name: 'passageId' },
  { field: 'its title', name: 'passageTitle' },
  { field: 'its text', name: 'passageText' },
  { field: 'its score', name: 'passageScore' },
];

export interface Understanding {
  readonly description: Pick<TargetDescription, 'response' | 'events' | 'stream'>;
  readonly view: ReplyView;
  /** As a run would read it; undefined where it could not. */
  readonly response: TargetResponse | undefined;
  /** Whether something in the reply looks like what a setting asks for. */
  readonly isGuessed: (setting: string) => boolean;
}

/** Everything that a reply may tell, a row each, in the words of a run where it could be read. */
export function understand(given: Understanding): Understood[] {
  const passages = passagesRow(given);
  const rows = [
    answerRow(given),
    passages,
    ...(passages.value === null ? [] : PARTS.map((part) => partRow(given, part))),
    ...WHOLE.map((one) => figureRow(given, one)),
  ];
  return rows.map((row) =>
    row.note !== NO_EXPRESSION || given.isGuessed(row.setting)
      ? row
      : { ...row, note: 'nothing like it in the reply' },
  );
}

function answerRow({ description, view, response }: Understanding): Understood {
  const { stream, events, response: expressions } = description;
  const streamed = stream !== 'none' && events.token !== undefined;
  const setting = streamed ? 'target.events.token' : 'target.response.answer';
  const expression = (streamed ? events.token : expressions.answer) ?? null;
  const row = { field: 'answer', setting, expression };
  if (response?.answer !== undefined) {
    return { ...row, value: response.answer, note: response.answer === '' ? 'it is empty' : null };
  }
  if (streamed) return { ...row, value: null, note: eventsNote(stream, view) };
  const found = lookedFor(expression, view);
  const isText = typeof found.value !== 'object';
  return isText || found.value === null
    ? { ...row, ...found }
    : { ...row, value: null, note: `${kindOf(found.value)} stands there, and no text` };
}

function eventsNote(stream: StreamKind, { kind, events }: ReplyView): string {
  if (kind !== stream)
    return `the reply is no ${stream === 'sse' ? 'stream of events' : 'list of JSON lines'}`;
  return events.length === 0 ? 'the stream has no event' : `no piece of it in ${events.length} events`;
}

function passagesRow({ description, view, response }: Understanding): Understood {
  const expression = description.response.passages ?? null;
  const row = { field: 'passages', setting: 'target.response.passages', expression };
  if (response?.passages !== undefined) return { ...row, value: response.passages.length, note: null };
  const found = lookedFor(expression, view);
  if (found.value === null) return { ...row, ...found };
  return isList(found.value)
    ? { ...row, value: found.value.length, note: null }
    : { ...row, value: null, note: `${kindOf(found.value)} stands there, and no list` };
}

/** A part of the passages: that of the first which has it, and how many have it. */
function partRow(
  { description, view }: Understanding,
  { field, name }: { field: string; name: ResponseField },
): Understood {
  const expression = description.response[name] ?? null;
  const row = { field, setting: `target.response.${name}`, expression };
  const list = lookedFor(description.response.passages ?? null, view).value;
  if (expression === null || !isList(list)) return { ...row, value: null, note: NO_EXPRESSION };
  const found = list.map((item) => lookFor(expression, item));
  const values = found.flatMap((one) => ('value' in one ? [one.value] : []));
  const first = found[0];
  if (values.length === 0) {
    return {
      ...row,
      value: null,
      note: first !== undefined && 'reason' in first ? first.reason : 'there is no passage',
    };
  }
  const note = values.length === list.length ? null : `in ${values.length} of ${list.length} passages`;
  return { ...row, value: values[0]!, note };
}

function figureRow(
  { description, view, response }: Understanding,
  { field, name }: { field: string; name: ResponseField },
): Understood {
  const expression = description.response[name] ?? null;
  const row = { field, setting: `target.response.${name}`, expression };
  const told = response && toldBy(response, name);
  if (told !== undefined) {
    const note = expression !== null && lookedFor(expression, view).value !== null ? null : originOf(name);
    return { ...row, value: told, note };
  }
  const found = lookedFor(expression, view);
  if (found.value === null) return { ...row, ...found };
  return { ...row, value: null, note: `${kindOf(found.value)} stands there that says nothing of it` };
}

/** What a response says in the words of a run; undefined where it does not. */
function toldBy(response: TargetResponse, name: ResponseField): Json | undefined {
  switch (name) {
    case 'abstained':
      return response.abstained;
    case 'cache':
      return response.cache === 'unknown' ? undefined : response.cache;
    case 'confidence':
      return response.confidence;
    case 'inputTokens':
      return response.inputTokens;
    case 'outputTokens':
      return response.outputTokens;
    case 'costUsd':
      return response.costUsd;
    default:
      return undefined;
  }
}

/** Said of an abstention that the target does not flag. */
export const BY_WORDS = "by the answer's words";

/** Where a value comes from that stands nowhere in the reply. */
function originOf(name: ResponseField): string | null {
  if (name === 'abstained') return BY_WORDS;
  return name === 'costUsd' ? 'by target.prices' : null;
}

const NO_EXPRESSION = 'the description does not say where';

function lookedFor(
  expression: string | null,
  { value }: ReplyView,
): { readonly value: Json; readonly note: string | null } {
  if (expression === null) return { value: null, note: NO_EXPRESSION };
  if (value === undefined) return { value: null, note: 'the reply cannot be read' };
  const found = lookFor(expression, value);
  return 'value' in found ? { value: found.value, note: null } : { value: null, note: found.reason };
}

function kindOf(value: Json): string {
  if (isList(value)) return 'a list';
  if (isObject(value)) return 'an object';
  return typeof value === 'string' ? 'text' : `a ${typeof value}`;
}
