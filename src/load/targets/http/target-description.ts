import { QUEUE } from '../../../records/time-parts.ts';
import type { PresetName, StreamKind, TargetOptions } from '../../options.ts';
import type { Json } from './expressions.ts';

type Given<Section> = { readonly [Name in keyof Section]?: NonNullable<Section[Name]> };

/** JMESPath expressions, by what they find in a response. */
export type ResponseExpressions = Given<TargetOptions['response']>;
export type ResponseField = keyof ResponseExpressions;

/** What the events of a stream hold: `token` and `final` are expressions, `done` is data or a name. */
export type EventExpressions = Given<TargetOptions['events']>;

export type IdMapping =
  | { readonly mode: 'exact' | 'evidence' }
  /** The first group of the regular expression is the golden id. */
  | { readonly mode: 'pattern'; readonly pattern: string };

/**
 * All that is needed to drive one deployment, checked and filled in. Plain data, so that another thread can make the
 * same target. Secrets stand in `headers`, and in `url` where somebody put them there: neither is ever shown.
 */
export interface TargetDescription {
  readonly preset: PresetName | undefined;
  /** The URL without credentials: what messages, records and reports say. */
  readonly name: string;
  /** Without user and password. Its path and query may hold placeholders. */
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  /** A template; undefined where requests have no body. */
  readonly body: Json | undefined;
  readonly model: string | undefined;
  readonly topK: number | undefined;
  readonly stream: StreamKind;
  readonly response: ResponseExpressions;
  /** Responses without passages are whole: the API has them for some targets only. */
  readonly passagesOptional: boolean;
  readonly events: EventExpressions;
  /** Where the milliseconds of each stage stand, by the stages' names; undefined where the target hides them. */
  readonly stages: { readonly expression: string; readonly names: readonly string[] } | undefined;
  readonly ids: IdMapping;
  readonly abstentions: readonly string[];
  readonly prices: Given<TargetOptions['prices']>;
  readonly tls: { readonly verify: boolean; readonly caFile?: string };
  readonly maxBodyBytes: number;
}

/** Names of the times that responses tell: the stages, then the queue where somebody says where it stands. */
export const timesTold = ({
  stages,
  response,
}: Pick<TargetDescription, 'stages' | 'response'>): readonly string[] => [
  ...(stages?.names ?? []),
  ...(response.queueMs === undefined ? [] : [QUEUE]),
];
