import type { TargetOptions } from '../../options.ts';
import { faultOf } from './expressions.ts';
import { PRESET } from './presets.ts';
import type { TargetDescription } from './target-description.ts';
import { placeholdersIn } from './template.ts';

/** Expressions that are none, a line each: where, why, and at which character. */
export function expressionProblems({
  response,
  events,
}: Pick<TargetDescription, 'response' | 'events'>): string[] {
  const { done: _, ...expressions } = events;
  return [
    ...Object.entries(response).map(([name, text]) => [`target.response.${name}`, text] as const),
    ...Object.entries(expressions).map(([name, text]) => [`target.events.${name}`, text] as const),
  ].flatMap(([path, text]) => {
    const fault = faultOf(text);
    if (fault === undefined) return [];
    return [`${path}: ${fault.reason}, at character ${fault.position + 1} of ${JSON.stringify(text)}`];
  });
}

export function idProblems({ mode, pattern }: TargetOptions['ids']): string[] {
  const path = 'target.ids.pattern';
  if (mode === 'pattern' && pattern === undefined) {
    return [`${path}: is missing, though target.ids.mode is pattern; such as ([^/]+)\\.md`];
  }
  if (mode === 'evidence' && pattern !== undefined) {
    return [`${path}: is not used, though it is given: target.ids.mode is evidence; leave one of them out`];
  }
  if (pattern === undefined) return [];
  try {
    // An alternative that matches nothing tells how many groups there are.
    const groups = new RegExp(`${pattern}|`).exec('')!.length - 1;
    return groups === 0 ? [`${path}: has no group ( ) to say which part is the id`] : [];
  } catch (thrown) {
    return [`${path}: ${thrown instanceof Error ? thrown.message : String(thrown)}`];
  }
}

/** What does not fit together, a line each. */
export function checkContradictions(description: TargetDescription, section: TargetOptions): string[] {
  return [
    ...presetProblems(description),
    ...requestProblems(description, section),
    ...streamProblems(description, section),
    ...responseProblems(description, section),
  ];
}

function presetProblems({ preset, stream, method, model }: TargetDescription): string[] {
  if (preset === undefined) return [];
  const { streams, needsModel } = PRESET[preset];
  const problems: string[] = [];
  if (!streams.includes(stream)) {
    problems.push(
      `target.stream: the preset ${preset} answers with ${streams.join(' or ')}, not with ${stream}`,
    );
  }
  if (method !== 'POST') problems.push(`target.method: the preset ${preset} takes POST only, not ${method}`);
  if (needsModel && model === undefined) {
    problems.push(`target.model: is missing, and the preset ${preset} needs it; such as gpt-4o-mini`);
  }
  return problems;
}

function requestProblems({ url, body, method }: TargetDescription, section: TargetOptions): string[] {
  const { model, topK } = section;
  const used = new Set([...placeholdersIn(url), ...(body === undefined ? [] : placeholdersIn(body))]);
  const problems: string[] = [];
  if (!used.has('question')) {
    problems.push(
      body === undefined && section.method !== 'GET'
        ? 'target.body: is missing; such as { query: "{{question}}" }'
        : 'target.body: {{question}} stands nowhere, neither in it nor in target.url: every request would be the same',
    );
  }
  if (method === 'GET' && body !== undefined)
    problems.push('target.body: a GET has none; set target.method to POST');
  if (model !== undefined && !used.has('model')) {
    problems.push('target.model: is not used: {{model}} stands neither in target.body nor in target.url');
  }
  if (topK !== undefined && !used.has('top_k')) {
    problems.push('target.topK: is not used: {{top_k}} stands neither in target.body nor in target.url');
  }
  return problems;
}

function streamProblems({ stream, events }: TargetDescription, section: TargetOptions): string[] {
  const set = Object.keys(section.events).filter(
    (name) => section.events[name as keyof typeof events] !== undefined,
  );
  if (stream === 'none') {
    return set.map(
      (name) => `target.events.${name}: is for streams, but target.stream is none; set it to sse or ndjson`,
    );
  }
  if (events.token !== undefined || events.final !== undefined) return [];
  return [
    `target.events.token: is missing, though target.stream is ${stream}; such as choices[0].delta.content, or data`,
  ];
}

function responseProblems(
  { response, events, ids, preset }: TargetDescription,
  { prices }: TargetOptions,
): string[] {
  const problems: string[] = [];
  const { answer, passages, passageId, passageText, inputTokens, outputTokens } = response;
  if (answer === undefined && passages === undefined && events.token === undefined) {
    problems.push(
      'target.response.answer: is missing, and so is passages; one of them must be there to judge',
    );
  }
  if (passages !== undefined && passageId === undefined && ids.mode !== 'evidence') {
    problems.push(
      'target.response.passageId: is missing; write @ where each passage is its id, or set target.ids.mode to evidence',
    );
  }
  if (passages !== undefined && passageText === undefined && ids.mode === 'evidence') {
    problems.push(
      'target.response.passageText: is missing, though target.ids.mode is evidence; write @ where each passage is its text',
    );
  }
  if (passages === undefined && preset === undefined) {
    const orphans = Object.keys(response).filter((name) => name.startsWith('passage'));
    problems.push(
      ...orphans.map((name) => `target.response.${name}: is of no use without target.response.passages`),
    );
  }
  const needed = [
    prices.inputPerMillionUsd !== undefined && inputTokens === undefined && 'inputTokens',
    prices.outputPerMillionUsd !== undefined && outputTokens === undefined && 'outputTokens',
  ].filter((name) => name !== false);
  problems.push(...needed.map((name) => `target.prices: need target.response.${name} to work out a cost`));
  return problems;
}
