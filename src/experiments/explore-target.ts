import type { PresetName, TargetOptions } from '../load/options.ts';
import { describeTarget, type TargetDescription } from '../load/targets/http/description.ts';
import type { EnvironmentValues } from '../load/targets/http/environment-references.ts';
import { mended, worth } from './checking/mended.ts';
import type { Json } from './guess-mapping.ts';
import { type BodyGuess, usualBodies } from './guess-request.ts';
import type { Probed } from './http-probe.ts';
import {
  askTarget,
  type Change,
  checkResponse,
  type TargetCheck,
  type TargetChecking,
} from './target-check.ts';

/** What is known of a target before it is asked, and what is needed to ask it. */
export interface Exploring extends Omit<TargetChecking, 'description'> {
  /** Settings that stand: URL, headers, TLS, and whatever else somebody has said of it. */
  readonly section: TargetOptions;
  readonly env: EnvironmentValues;
  /** Told of each asking, as soon as it has ended. */
  readonly onAsked?: (asked: Asked) => void;
}

/** One asking on the way: how, and what became of it. */
export interface Asked {
  /** "preset groundspeed", or the body that was sent. */
  readonly how: string;
  /** Why it was asked so. */
  readonly reason: string;
  readonly status: number;
}

/** A target that was explored: the settings that describe it, and what a run understands by them. */
export interface Explored {
  readonly section: TargetOptions;
  readonly description: TargetDescription;
  readonly check: TargetCheck;
  readonly asked: readonly Asked[];
  /** What was guessed, and is in the settings now. */
  readonly guessed: readonly Change[];
}

/** Requests that are sent, at most, until one is understood. Refused ones cost a service nothing. */
const MOST_REQUESTS = 8;

/** A way to ask: settings, and why. */
interface Way {
  readonly section: TargetOptions;
  readonly how: string;
  readonly reason: string;
}

/**
 * Finds out how a deployment wants to be asked and where everything stands in its reply: by what is known of it, by its
 * URL, by what it says when it refuses, and by the usual names. Each way is tried with one and the same question; a way
 * that is answered is the last. Rejects where no response came at all, or the description is wrong.
 */
export async function exploreTarget(exploring: Exploring): Promise<Explored> {
  const ways = firstWays(exploring.section);
  const tried = new Set<string>();
  const asked: Asked[] = [];
  let best: Explored | undefined;
  while (ways.length > 0 && asked.length < MOST_REQUESTS) {
    const way = ways.shift()!;
    const key = JSON.stringify([way.section.preset, way.section.body]);
    if (tried.has(key)) continue;
    tried.add(key);
    const { probed, ...explored } = await tryWay(exploring, way);
    asked.push({ how: way.how, reason: way.reason, status: probed.status });
    exploring.onAsked?.(asked.at(-1)!);
    if (best === undefined || worth(explored.check) > worth(best.check)) best = { ...explored, asked };
    if (explored.check.failure === null || isSettled(exploring.section) || !isAboutBody(explored.check))
      break;
    ways.unshift(...waysAfter(exploring.section, explored.check));
  }
  return best!;
}

/** Whoever has described the API wants it asked in no other way. */
const isSettled = ({ preset, body, response }: TargetOptions): boolean =>
  preset !== undefined ||
  body !== undefined ||
  response.answer !== undefined ||
  response.passages !== undefined;

/** Other bodies are worth a try where this one was not liked, or was answered with nothing that could be understood. */
function isAboutBody({ response, failure }: TargetCheck): boolean {
  const status = response?.status ?? 0;
  if ([400, 415, 422, 500].includes(status)) return true;
  // A page stays a page, whatever it is asked.
  return status >= 200 && status < 300 && failure?.code !== 'target.contentType';
}

/** APIs by the end of their URL. */
const BY_PATH: readonly (readonly [RegExp, PresetName])[] = [
  [/\/chat\/completions\/?$/, 'openai-chat'],
  [/\/responses\/?$/, 'openai-responses'],
  [/\/(invoke|stream)\/?$/, 'langserve'],
];

/** Whether the question stands in the URL, so that no body is needed. */
export const asksByUrl = ({ url = '', method }: TargetOptions): boolean =>
  /\{\{\s*question\s*\}\}/.test(url) && (method ?? 'GET') === 'GET';

/** The preset that the end of a URL speaks for; undefined where it speaks for none. */
export function presetByUrl(url: string | undefined): PresetName | undefined {
  const path = (url ?? '').replace(/[?#].*$/, '');
  return BY_PATH.find(([pattern]) => pattern.test(path))?.[1];
}

function firstWays(section: TargetOptions): Way[] {
  if (section.preset !== undefined) {
    return [{ section, how: `preset ${section.preset}`, reason: 'it is set' }];
  }
  if (isSettled(section)) return [{ section, how: shown(section.body as Json), reason: 'it is set' }];
  if (asksByUrl(section)) {
    const byUrl = { ...section, method: 'GET' as const, response: { ...section.response, answer: '@' } };
    return [{ section: byUrl, how: 'the URL alone', reason: 'it holds {{question}}' }];
  }
  const preset = presetByUrl(section.url);
  if (preset !== undefined) {
    return [{ section: { ...section, preset }, how: `preset ${preset}`, reason: 'by the end of its URL' }];
  }
  const own = { ...section, preset: 'groundspeed' as const };
  return [
    { section: own, how: 'preset groundspeed', reason: 'the API of groundspeed serve' },
    // The first of them is the one that groundspeed's API takes.
    ...usualBodies()
      .slice(1)
      .map((guess) => wayOf(section, guess)),
  ];
}

/** The body that a refusal asks for comes before all others. */
function waysAfter(section: TargetOptions, { changes }: TargetCheck): Way[] {
  const wanted = changes.find(({ setting }) => setting === 'target.body');
  return wanted === undefined ? [] : [wayOf(section, { body: wanted.value, reason: wanted.reason })];
}

/** Until the reply has been seen, the whole of it stands for the answer. */
const wayOf = (section: TargetOptions, { body, reason }: BodyGuess): Way => ({
  section: { ...section, body, response: { ...section.response, answer: '@' } },
  how: shown(body),
  reason,
});

const shown = (body: Json | undefined): string => (body === undefined ? 'no body' : JSON.stringify(body));

interface Tried extends Omit<Explored, 'asked'> {
  readonly probed: Probed;
}

/** Asks once, and mends the description by the reply until it is understood as far as can be. */
async function tryWay(exploring: Exploring, { section: given }: Way): Promise<Tried> {
  let section = given;
  let description = describe(exploring, section);
  const probed = await askTarget({ ...exploring, description });
  let check = checkResponse({ ...exploring, description }, probed);
  let guessed: readonly Change[] = [];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const next = mended(section, check);
    const better = next && tryDescribing(exploring, next);
    if (next === undefined || better === undefined) break;
    const then = checkResponse({ ...exploring, description: better }, probed);
    if (worth(then) <= worth(check)) break;
    guessed = [...guessed, ...check.changes.filter(({ setting }) => setting !== null)];
    [section, description, check] = [next, better, then];
  }
  return { section, description, check, probed, guessed };
}

/** A description that was mended may show more to mend: ids, once passages are found. */
const MOST_ROUNDS = 3;

const describe = ({ env }: Exploring, section: TargetOptions): TargetDescription =>
  describeTarget(section, { env });

function tryDescribing(exploring: Exploring, section: TargetOptions): TargetDescription | undefined {
  try {
    return describe(exploring, section);
  } catch {
    return undefined;
  }
}
