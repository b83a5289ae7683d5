import type { Probed, ProbeRequest } from '../http-probe.ts';
import {
  type Check,
  type CheckContext,
  contentTypeOf,
  failed,
  isJsonType,
  jsonOf,
  passed,
  send,
  skipped,
  type Verdict,
} from './check.ts';

/** Stands for the question in a request of which the question is then taken out. */
const MARKER = 'groundspeed-acceptance-question';

export const checkEmptyQuestion: Check = (context) =>
  checkSpoiled(context, 'an empty question', (request) => withQuestion(request, ''));

export const checkMissingField: Check = (context) =>
  checkSpoiled(context, 'a request without its question', (request) => withQuestion(request, undefined));

export const checkMalformedBody: Check = (context) =>
  checkSpoiled(context, 'a body that ends too early', (request) =>
    bodyOf(request) === undefined ? undefined : { ...request, body: request.body!.trimEnd().slice(0, -1) },
  );

async function checkSpoiled(
  context: CheckContext,
  what: string,
  spoil: (request: ProbeRequest) => ProbeRequest | undefined,
): Promise<Verdict> {
  const spoilt = spoil(context.deployment.request(MARKER));
  if (spoilt === undefined) return skipped('the question is not a field of a JSON body');
  return verdictOn(await send(context, spoilt), { what, refusals: context.refusals });
}

/** Many frameworks say of a field what 400 says of a request. */
const UNPROCESSABLE = 422;

interface Refusing {
  readonly what: string;
  readonly refusals: readonly number[];
}

function verdictOn(response: Probed, { what, refusals }: Refusing): Verdict {
  const { status } = response;
  const told = `${what} → ${status}`;
  if (!refusals.includes(status)) return failed(told, hintOn(status, refusals.join(' or ')));
  const content = isJsonType(contentTypeOf(response)) ? jsonOf(response) : undefined;
  const error = errorIn(content);
  if (error === undefined) {
    return failed(
      `${told}, ${contentTypeOf(response) ?? 'no content type'}, without an error in JSON`,
      'Say in JSON what is wrong: {"error": …}.',
    );
  }
  return passed(`${told}: ${error}`);
}

function hintOn(status: number, refusals: string): string {
  if (status === UNPROCESSABLE) {
    return `Refuse it with ${refusals}; or, where ${status} is what your API promises, give --refuses-with 400,${status}.`;
  }
  return status >= 500
    ? `It breaks on what it should refuse: answer ${refusals} with an error in JSON.`
    : `Refuse it with ${refusals} and an error in JSON that names the field.`;
}

/** Where an error's words stand, the most telling first. */
const ERROR_KEYS = ['message', 'msg', 'detail', 'details', 'error', 'errors', 'title'];
const LONGEST_ERROR = 100;

/** The words of an error in JSON: in fields that are named so, however deep. */
function errorIn(content: unknown, named = false): string | undefined {
  if (typeof content === 'string') return named && content.trim() !== '' ? shortened(content) : undefined;
  if (typeof content !== 'object' || content === null) return undefined;
  if (Array.isArray(content)) return errorIn(content[0], named);
  for (const key of ERROR_KEYS) {
    const found = errorIn((content as Record<string, unknown>)[key], true);
    if (found !== undefined) return found;
  }
  return undefined;
}

const shortened = (text: string): string =>
  text.length > LONGEST_ERROR ? `${text.slice(0, LONGEST_ERROR - 1)}…` : text;

/** The request with its question replaced, or taken out; undefined where the question is not a field of its own. */
function withQuestion(request: ProbeRequest, question: string | undefined): ProbeRequest | undefined {
  const body = bodyOf(request);
  if (body === undefined) return undefined;
  let found = false;
  const replaced = replace(body, () => {
    found = true;
    return question;
  });
  return found ? { ...request, body: JSON.stringify(replaced ?? {}) } : undefined;
}

function bodyOf({ body }: ProbeRequest): unknown {
  try {
    return body === undefined ? undefined : (JSON.parse(body) as unknown);
  } catch {
    return undefined;
  }
}

function replace(value: unknown, by: () => string | undefined): unknown {
  if (value === MARKER) return by();
  if (Array.isArray(value))
    return value.map((inner) => replace(inner, by)).filter((inner) => inner !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replace(inner, by)]));
}
