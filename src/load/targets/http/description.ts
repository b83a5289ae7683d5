import { GroundspeedError } from '../../../kernel/errors.ts';
import { nearest } from '../../../text/nearest.ts';
import { PRESETS, type PresetName, type TargetOptions } from '../../options.ts';
import { type Address, readAddress } from './address.ts';
import { checkContradictions, expressionProblems, idProblems } from './description-checks.ts';
import type { EnvironmentValues } from './environment-references.ts';
import type { Json } from './expressions.ts';
import { basicAuthorization, readHeaders, withDefaults } from './headers.ts';
import { PRESET, type Preset } from './presets.ts';
import { withoutCredentials } from './secrets.ts';
import type { IdMapping, TargetDescription } from './target-description.ts';
import { type Placeholder, placeholderProblems } from './template.ts';

export type { TargetDescription } from './target-description.ts';
export { parseTargetFile } from './target-file.ts';

export interface Describing {
  readonly env: EnvironmentValues;
  /** Overrules the settings, as a flag does. */
  readonly url?: string;
  readonly preset?: string;
}

/**
 * The deployment that the settings describe: the preset's API where there is one, overruled by what is set, with the
 * environment filled in. Without a preset, and without a body and expressions of its own, a target speaks groundspeed's.
 *
 * @throws GroundspeedError target.description with everything that is wrong, a line each
 */
export function describeTarget(section: TargetOptions, { env, ...flags }: Describing): TargetDescription {
  const problems: string[] = [];
  const presetName = presetOf(section, flags.preset, problems);
  const preset = presetName && PRESET[presetName];
  const filled = valuesGiven(section);
  const stream = section.stream ?? preset?.streams[0] ?? 'none';

  const url = flags.url ?? section.url ?? preset?.url;
  const read =
    url === undefined
      ? { problems: ['target.url: is missing; set it, or give --target URL'] }
      : readAddress(url, filled);
  if ('problems' in read) problems.push(...read.problems);
  const address = 'address' in read ? read.address : undefined;

  const body = bodyOf(section, preset, stream);
  if (body !== undefined) problems.push(...placeholderProblems(body, 'target.body', filled));
  const host = address === undefined ? '' : new URL(address.origin).hostname;
  const headers = readHeaders(section.headers, preset?.headers?.(host) ?? {}, env);
  problems.push(...headers.problems);
  addUser(address, headers.headers, problems);

  const { response, events } = expressionsOf(section, preset, stream);
  problems.push(...expressionProblems({ response, events }), ...idProblems(section.ids));
  const fullUrl = address === undefined ? '' : urlOf(address, preset, stream);
  const description: TargetDescription = {
    preset: presetName,
    name: withoutCredentials(fullUrl),
    url: fullUrl,
    method: section.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: withDefaults(headers.headers, { stream, body }),
    body,
    model: section.model,
    topK: section.topK,
    stream,
    response,
    passagesOptional: preset?.passagesOptional === true && section.response.passages === undefined,
    events,
    stages: preset?.stages,
    ids: idsOf(section.ids),
    abstentions: section.abstentions,
    prices: given(section.prices),
    tls: {
      verify: section.tls.verify,
      ...(section.tls.caFile !== undefined && { caFile: section.tls.caFile }),
    },
    maxBodyBytes: section.maxBodyBytes,
  };
  problems.push(...checkContradictions(description, section));
  if (problems.length > 0) refuse(problems);
  return description;
}

function presetOf(
  section: TargetOptions,
  flag: string | undefined,
  problems: string[],
): PresetName | undefined {
  if (flag !== undefined && !isPreset(flag)) {
    const meant = nearest(flag, PRESETS);
    problems.push(
      `--preset: there is no preset ${JSON.stringify(flag)}; ${meant === undefined ? `choose ${PRESETS.join(', ')}` : `did you mean ${meant}?`}`,
    );
    return undefined;
  }
  const { answer, passages } = section.response;
  const ownApi = section.body !== undefined || answer !== undefined || passages !== undefined;
  return flag ?? section.preset ?? (ownApi || section.method === 'GET' ? undefined : 'groundspeed');
}

const isPreset = (name: string): name is PresetName => (PRESETS as readonly string[]).includes(name);

function valuesGiven({ model, topK }: TargetOptions): ReadonlySet<Placeholder> {
  return new Set<Placeholder>([
    'question',
    'question_id',
    'nonce',
    ...(model === undefined ? [] : (['model'] as const)),
    ...(topK === undefined ? [] : (['top_k'] as const)),
  ]);
}

/** A text that is JSON is meant as what it says: a question put into it must not break it. */
function bodyOf(
  { body, method }: TargetOptions,
  preset: Preset | undefined,
  stream: TargetDescription['stream'],
): Json | undefined {
  if (body === undefined) return method === 'GET' ? undefined : preset?.body(stream);
  if (typeof body !== 'string' || !/^\s*[[{]/.test(body)) return body as Json;
  try {
    return JSON.parse(body) as Json;
  } catch {
    return body;
  }
}

function expressionsOf(
  section: TargetOptions,
  preset: Preset | undefined,
  stream: TargetDescription['stream'],
): Pick<TargetDescription, 'response' | 'events'> {
  return {
    response: { ...preset?.response(stream), ...given(section.response) },
    events: { ...(stream === 'none' ? undefined : preset?.events), ...given(section.events) },
  };
}

function urlOf(
  { origin, path, search }: Address,
  preset: Preset | undefined,
  stream: TargetDescription['stream'],
): string {
  return `${origin}${preset?.path(path, stream) ?? path}${search}`;
}

/** A user and password in the URL are the header that they stand for. */
function addUser(address: Address | undefined, headers: Record<string, string>, problems: string[]): void {
  if (address?.user === undefined) return;
  if (headers.authorization !== undefined) {
    problems.push('target.url: names a user, and target.headers.authorization another; keep one of them');
  }
  headers.authorization = basicAuthorization(address.user);
}

/** A pattern says by itself how ids are mapped. */
function idsOf({ mode, pattern }: TargetOptions['ids']): IdMapping {
  if (mode !== 'evidence' && pattern !== undefined) return { mode: 'pattern', pattern };
  return { mode: mode === 'pattern' ? 'exact' : mode };
}

/** What is set of a group of optional settings. */
function given<Group extends object>(group: Group): { [Name in keyof Group]?: NonNullable<Group[Name]> } {
  return Object.fromEntries(Object.entries(group).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Group]?: NonNullable<Group[Name]>;
  };
}

function refuse(problems: readonly string[]): never {
  const count = problems.length === 1 ? 'One thing is' : `${problems.length} things are`;
  throw new GroundspeedError('target.description', `${count} wrong with the description of the target`, {
    where: 'target',
    problems,
    hint: 'docs/settings.md lists the settings below target; `groundspeed target check URL` shows what a target answers.',
  });
}
