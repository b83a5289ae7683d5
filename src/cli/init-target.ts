import { existsSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import type { Settings } from '../config/settings.ts';
import type { GoldenSet } from '../datasets/golden.ts';
import { asksByUrl, type Explored, presetByUrl } from '../experiments/explore-target.ts';
import { type InitPlan, variablesIn, withReferences } from '../experiments/init-files.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import type { TargetOptions } from '../load/options.ts';
import { basicAuthorization } from '../load/targets/http/headers.ts';
import { isLoopback } from '../load/targets/http/loopback.ts';
import { withoutCredentials } from '../load/targets/http/secrets.ts';
import type { DisplayFlags, SettingFlags } from './flags.ts';
import { shellWord } from './shell.ts';

export interface InitFlags extends DisplayFlags, SettingFlags {
  readonly target: string;
  readonly questions: string;
  readonly preset?: string;
  /** Each `name: value`. */
  readonly header?: readonly string[];
  readonly allowTarget?: readonly string[];
  readonly output: string;
  readonly force?: boolean;
  readonly offline?: boolean;
  /** Milliseconds. */
  readonly timeout?: number;
}

/** A target as the flags and settings have it: its settings, and the URL with whatever credentials it holds. */
export interface Named {
  readonly section: TargetOptions;
  readonly asked: string;
}

export function targetOf({ target, preset, header = [] }: InitFlags, settings: Settings): Named {
  if (!URL.canParse(target)) {
    throw new GroundspeedError('usage.argument', `${JSON.stringify(target)} is no URL`, {
      where: '--target',
      hint: 'init is for a deployment over HTTP: --target https://rag.example.com/api/query',
    });
  }
  const section = {
    ...settings.target,
    url: target,
    headers: { ...settings.target.headers, ...Object.fromEntries(header.map(headerOf)) },
    ...(preset !== undefined && { preset: preset as TargetOptions['preset'] }),
  };
  return { section, asked: target };
}

function headerOf(text: string): [string, string] {
  const [, name, value] = /^([^:\s]+)\s*:\s*(.*)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  // What stands there may be a key, and is not repeated.
  throw new GroundspeedError('usage.argument', 'A header has no name with a colon behind it', {
    where: '--header',
    hint: `Write --header 'authorization: Bearer \${API_TOKEN}', in single quotes.`,
  });
}

/** The settings with this target in them, in the API that it is taken to speak. */
export const withTarget = (settings: Settings, { section }: Named): Settings => ({
  ...settings,
  target: presumed(section),
});

/** Unasked, a target speaks the API that its settings, else the end of its URL, speak for. */
function presumed(section: TargetOptions): TargetOptions {
  const isDescribed = section.body !== undefined || section.response.answer !== undefined;
  if (section.preset !== undefined || isDescribed) return section;
  if (asksByUrl(section))
    return { ...section, method: 'GET', response: { ...section.response, answer: 'answer' } };
  return { ...section, preset: presetByUrl(section.url) ?? 'groundspeed' };
}

/** What is written, and what is told of it. */
export interface Planned {
  readonly plan: InitPlan;
  /** Variables of the environment that the files name. */
  readonly variables: readonly string[];
  /** Those of them that stand for what was given in so many words. */
  readonly made: ReturnType<typeof withReferences>['made'];
  /** The URL held credentials in its query, which are not written down. */
  readonly leftOut: boolean;
}

export function planOf(known: {
  readonly flags: InitFlags;
  readonly golden: GoldenSet;
  readonly explored: Explored | undefined;
  readonly section: TargetOptions;
  readonly asked: string;
}): Planned {
  const { flags, golden, explored, asked } = known;
  const found = explored?.section ?? presumed(known.section);
  const { url, authorization, leftOut } = bareUrl(asked);
  const own = { ...found.headers, ...(authorization !== undefined && { authorization }) };
  const { headers, made } = withReferences(own);
  const section = { ...found, headers, url };
  const plan: InitPlan = {
    section,
    check: explored?.check,
    dataset: datasetWord(flags),
    hasAnswers: golden.questions.some(({ answers }) => answers.length > 0),
    allowed: isLoopback(asked) ? undefined : new URL(asked).hostname,
  };
  return { plan, variables: variablesIn(section), made, leftOut };
}

/** The URL without credentials, as text: it may hold placeholders, which a URL parser would encode. */
function bareUrl(asked: string): {
  readonly url: string;
  /** The header that its user and password stand for. */
  readonly authorization: string | undefined;
  readonly leftOut: boolean;
} {
  const { username, password } = new URL(asked);
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const own = asked.replace(/^(https?:\/\/)[^/?#]*@/i, '$1');
  const masked = withoutCredentials(own);
  const url = masked.replaceAll(/([?&])[^=&#]+=\*\*\*(&?)/g, (_, before: string, after: string) =>
    before === '?' && after !== '' ? '?' : after,
  );
  return {
    url: masked === own ? own : url,
    authorization: user === ':' ? undefined : basicAuthorization(user),
    leftOut: masked !== own,
  };
}

/** The file of questions as a command names it, from the folder that the files are written to. */
function datasetWord({ questions, output }: InitFlags): string {
  if (!existsSync(questions)) return shellWord(questions); // the name of a set that comes with groundspeed
  return shellWord(relative(resolve(output), resolve(questions)).split(sep).join('/'));
}
