import { shownHeader, type TargetOptions } from '../load/options.ts';
import { PRESET } from '../load/targets/http/presets.ts';
import type { TargetCheck } from './target-check.ts';

/** What `init` writes down, before it is text. */

export const CONFIG_FILE = 'groundspeed.yaml';
export const WORKFLOW_FILE = '.github/workflows/groundspeed.yml';

export interface InitPlan {
  /** Settings that describe the target; without raw secrets, see `withReferences`. */
  readonly section: TargetOptions & { readonly url: string };
  /** What was understood of the one question that was asked; undefined where none was. */
  readonly check: TargetCheck | undefined;
  /** The file of questions as the shell takes it, seen from the folder of the configuration. */
  readonly dataset: string;
  /** Whether some golden question has an answer to compare with. */
  readonly hasAnswers: boolean;
  /** The host to be allowed; undefined on this machine. */
  readonly allowed: string | undefined;
}

/** Seconds within which an answer is in time, in what is written as an example. */
export const DEADLINE_SECONDS = 2;

/** Headers whose values are no secrets are written as they are; of all others the name of a variable to be set. */
export function withReferences(headers: Readonly<Record<string, string>>): {
  readonly headers: Readonly<Record<string, string>>;
  /** Variables that now stand for what was given in so many words, and what to set each to. */
  readonly made: readonly { readonly name: string; readonly value: string }[];
} {
  const made: { name: string; value: string }[] = [];
  const entries = Object.entries(headers).map(([name, value]): [string, string] => {
    if (HARMLESS.has(name.toLowerCase()) || shownHeader(value) === value) return [name, value];
    const variable = name.toLowerCase() === 'authorization' ? 'TARGET_TOKEN' : `TARGET_${plainName(name)}`;
    const [, scheme] = /^(Bearer|Basic|Token|ApiKey)\s/i.exec(value) ?? [];
    const isUser = scheme?.toLowerCase() === 'basic';
    made.push({
      name: variable,
      value: isUser ? 'user:password as base64' : `the value of the header ${name}`,
    });
    return [name, `${scheme === undefined ? '' : `${scheme} `}\${${variable}}`];
  });
  return { headers: Object.fromEntries(entries), made };
}

const HARMLESS: ReadonlySet<string> = new Set(['accept', 'accept-encoding', 'content-type', 'user-agent']);
const plainName = (name: string): string => name.toUpperCase().replaceAll(/[^A-Z\d]+/g, '_');

/** Variables of the environment that the headers name, and those of the preset. */
export function variablesIn({ headers, preset, url }: InitPlan['section']): string[] {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  const all = { ...(preset && PRESET[preset].headers?.(host)), ...headers };
  const found = Object.values(all).flatMap((value) =>
    [...value.matchAll(/\$\{([A-Za-z_]\w*)/g)].map(([, name]) => name!),
  );
  return [...new Set(found)];
}

/** An SLO over no more than what the target returns and the questions can judge. */
export function exampleSlo({ section, check, hasAnswers }: InitPlan): string {
  const returns = (field: string): boolean =>
    check === undefined || check.understood.some((row) => row.field === field && row.value !== null);
  return [
    `p95 < ${DEADLINE_SECONDS}s`,
    'error < 1%',
    ...(hasAnswers && returns('answer') ? ['attainment >= 50%'] : []),
    ...(section.stream !== undefined && section.stream !== 'none' ? ['ttft.p95 < 1s'] : []),
    `deadline ${DEADLINE_SECONDS}s`,
  ].join(', ');
}
