import type { TargetOptions } from '../load/options.ts';
import { PRESET } from '../load/targets/http/presets.ts';
import type { ResponseField } from '../load/targets/http/target-description.ts';
import { commentedYaml, commentLines, type Entry, Group } from './commented-yaml.ts';
import { CONFIG_FILE, DEADLINE_SECONDS, exampleSlo, type InitPlan } from './init-plan.ts';
import type { TargetCheck } from './target-check.ts';

/** `groundspeed.yaml`: the target as it was understood, and how it is driven, every line explained. */
export function configFile(plan: InitPlan): string {
  const header = commentLines(
    [
      'Written by `groundspeed init`; yours to change. Used by naming it:',
      `  npx groundspeed load --config ${CONFIG_FILE} --dataset ${plan.dataset} --rate 1`,
      `\`npx groundspeed config print --config ${CONFIG_FILE}\` shows all settings in force, and \`config schema\` what each may be.`,
      '`npx groundspeed target check` asks one question and shows what is understood of the reply.',
    ].join('\n'),
  );
  return [
    '# yaml-language-server: $schema=./node_modules/groundspeed/docs/groundspeed.schema.json',
    ...header,
    '',
    commentedYaml([
      { key: 'target', value: new Group(targetEntries(plan)), comment: 'The deployment that is asked.' },
    ]),
    '',
    commentedYaml([{ key: 'load', value: new Group(loadEntries(plan)), comment: 'How load is sent.' }]),
    '',
    ...commentLines(sloWords(plan)),
    '',
  ].join('\n');
}

function targetEntries({ section, check }: InitPlan): Entry[] {
  const { url, preset, method, headers, body, model, topK, stream, ids, prices, tls } = section;
  const hasHeaders = Object.keys(headers).length > 0;
  const priced = prices.inputPerMillionUsd !== undefined || prices.outputPerMillionUsd !== undefined;
  return [
    { key: 'url', value: url, comment: 'Where questions are sent.' },
    ...(preset === undefined
      ? []
      : [{ key: 'preset', value: preset, comment: `The API that it speaks: ${PRESET[preset].summary}.` }]),
    ...optional('method', method, 'The HTTP method.'),
    {
      key: 'headers',
      value: hasHeaders ? headers : { authorization: `Bearer \${API_TOKEN}` },
      comment: `Sent with every request. \${NAME} is taken from the environment, so that no secret stands in this file.`,
      off: !hasHeaders,
    },
    ...optional('body', body, 'The body of each request; {{question}} is where the golden question goes.'),
    ...optional('model', model, 'What {{model}} stands for in the body.'),
    ...optional('topK', topK, 'What {{top_k}} stands for in the body: passages wanted.'),
    ...optional(
      'stream',
      stream,
      'How the answer comes: none (whole), sse (server-sent events), ndjson (an object a line).',
    ),
    ...responseEntries(section, check),
    ...eventEntries(section),
    ...idEntries(ids),
    ...(tls.verify && tls.caFile === undefined
      ? []
      : [
          {
            key: 'tls',
            value: given(tls),
            comment: 'Whether, and by whom, the certificate must be vouched for.',
          },
        ]),
    {
      key: 'prices',
      value: priced ? given(prices) : { inputPerMillionUsd: 0.15, outputPerMillionUsd: 0.6 },
      comment:
        'US dollars for a million tokens: the cost of each answer, for a target that tells its tokens and no cost.',
      off: !priced,
    },
  ];
}

const optional = (key: string, value: unknown, comment: string): Entry[] =>
  value === undefined ? [] : [{ key, value, comment }];

const given = (group: object): object =>
  Object.fromEntries(Object.entries(group).filter(([, value]) => value !== undefined));

/** What each expression is for, in the order in which they are written. */
const RESPONSE_WORDS: Readonly<Partial<Record<ResponseField, string>>> = {
  answer: 'The answer',
  passages: 'The list of retrieved passages, best first',
  passageId: 'Of a passage, the id of its document',
  passageTitle: 'Of a passage, its title',
  passageText: 'Of a passage, its text',
  passageScore: 'Of a passage, its score',
  passageStart: 'Of a passage, where it begins in its document',
  passageEnd: 'Of a passage, where it ends in its document',
  abstained: 'Whether the target says that it does not know',
  degraded: 'How the answer is less than a full one, if it is',
  lastResort: 'Whether a fallback answered instead of the pipeline',
  confidence: 'How sure the target is',
  cache: 'Which cache answered, if any',
  inputTokens: 'Tokens of the prompt',
  outputTokens: 'Tokens of the answer',
  costUsd: 'What the answer cost, in US dollars',
  error: 'What went wrong, in a response of status 200',
};

function responseEntries({ response, preset }: InitPlan['section'], check: InitPlan['check']): Entry[] {
  const names = Object.keys(RESPONSE_WORDS) as ResponseField[];
  const set = names.filter((name) => response[name] !== undefined);
  const entries = set.map((name) => ({
    key: name,
    value: response[name],
    comment: `${RESPONSE_WORDS[name]}${sampleOf(name, check)}`,
  }));
  const missing = preset === undefined ? missingWords(set) : '';
  const intro =
    preset === undefined
      ? `Where everything stands in a reply, as JMESPath expressions (https://jmespath.org).${missing}`
      : 'Where the replies of this target differ from the preset, as JMESPath expressions (https://jmespath.org).';
  if (entries.length > 0) return [{ key: 'response', value: new Group(entries), comment: intro }];
  if (preset === undefined) return [];
  const told = check === undefined ? '' : ` Understood of the reply: ${understoodWords(check)}`;
  const example = { passageText: 'content' };
  const comment = `Where a reply differs from the preset, JMESPath expressions say so.${told}`;
  return [{ key: 'response', value: example, comment, off: true }];
}

function sampleOf(name: ResponseField, check: InitPlan['check']): string {
  const row = check?.understood.find(({ setting }) => setting === `target.response.${name}`);
  if (row === undefined || row.value === null || typeof row.value === 'object') return '.';
  const sample = typeof row.value === 'string' ? JSON.stringify(shortened(row.value)) : String(row.value);
  return `. In the reply: ${sample}${name === 'passages' ? ' of them' : ''}`;
}

const SAMPLE = 60;
const shortened = (text: string): string => (text.length > SAMPLE ? `${text.slice(0, SAMPLE - 1)}…` : text);

function understoodWords({ understood }: TargetCheck): string {
  const found = understood.filter(({ value }) => value !== null).map(({ field }) => field);
  const missing = understood.filter(({ value }) => value === null).map(({ field }) => field);
  return `${found.join(', ')}.${missing.length === 0 ? '' : ` Not there, so that reports print "–": ${missing.join(', ')}.`}`;
}

/** What reports will have a dash for. */
function missingWords(set: readonly ResponseField[]): string {
  const names = (['passages', 'passageText', 'cache', 'outputTokens', 'costUsd'] as const).filter(
    (name) => !set.includes(name),
  );
  return names.length === 0 ? '' : ` What is not named here prints as "–", never as 0: ${names.join(', ')}.`;
}

function eventEntries({ events }: InitPlan['section']): Entry[] {
  const words = {
    token: 'The piece of the answer in an event.',
    final: 'The event that the expressions of response read.',
    done: 'The event that ends the stream; one that ends without it was cut.',
  } as const;
  const entries = Object.entries(words).flatMap(([key, comment]) =>
    optional(key, events[key as keyof typeof words], comment),
  );
  if (entries.length === 0) return [];
  return [
    {
      key: 'events',
      value: new Group(entries),
      comment: 'Where everything stands in the events of a stream.',
    },
  ];
}

function idEntries({ mode, pattern }: TargetOptions['ids']): Entry[] {
  const comment =
    'How ids of passages lead to the sources that the golden questions name: as they are (exact), by the first group of a pattern, or by evidence in their text.';
  if (pattern !== undefined) return [{ key: 'ids', value: { pattern }, comment }];
  if (mode !== 'exact') return [{ key: 'ids', value: { mode }, comment }];
  return [{ key: 'ids', value: { pattern: String.raw`([^/]+)\.md$` }, comment, off: true }];
}

function loadEntries({ allowed }: InitPlan): Entry[] {
  return [
    {
      key: 'allowTargets',
      value: [allowed ?? 'rag.example.com'],
      comment:
        'Hosts beyond this machine that may be sent load, so that a slip of the pen reaches nobody else.',
      off: allowed === undefined,
    },
    {
      key: 'maxRatePerSecond',
      value: 10,
      comment: 'Requests a second, at most, to a host beyond this machine.',
    },
    {
      key: 'deadlineMs',
      value: DEADLINE_SECONDS * 1000,
      comment: 'An answer is in time within so many milliseconds.',
    },
    { key: 'timeoutMs', value: 30_000, comment: 'Patience with one request, in milliseconds.' },
    { key: 'warmupSeconds', value: 3, comment: 'Before what is measured, a warm-up of so many seconds.' },
    {
      key: 'arrivals',
      value: 'poisson',
      comment: 'How requests are spaced: poisson, as independent users come, or constant.',
    },
  ];
}

function sloWords(plan: InitPlan): string {
  return [
    'What must hold is said to the commands; a run that misses it ends with exit code 4:',
    `  npx groundspeed load --config ${CONFIG_FILE} --dataset ${plan.dataset} --rate 1 --duration 3m`,
    `    --slo "${exampleSlo(plan)}"`,
    'p95 and error are of all requests; attainment is the share of answers that are right and in time. Begin low, and raise it.',
  ].join('\n');
}
