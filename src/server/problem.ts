import { CATALOGUE, type ErrorCode, GroundspeedError } from '../kernel/errors.ts';

/** What can be wrong with a request before the engine sees it: the status that answers it, and what it means. */
export const REQUEST_PROBLEMS = {
  'request.invalid': {
    status: 400,
    meaning: 'The request does not hold what it should; each field at fault is named.',
  },
  'request.malformed': { status: 400, meaning: 'The body is not valid JSON.' },
  'request.unauthorised': { status: 401, meaning: 'The API token is missing or wrong.' },
  'request.notFound': { status: 404, meaning: 'There is nothing at this path.' },
  'request.method': { status: 405, meaning: 'This path does not take that method.' },
  'request.timeout': { status: 408, meaning: 'The request took too long to arrive.' },
  'request.tooLarge': { status: 413, meaning: 'The body is larger than server.maxBodyBytes.' },
  'request.contentType': {
    status: 415,
    meaning: 'The body must be JSON (application/json), not compressed.',
  },
} as const;

export type RequestProblemCode = keyof typeof REQUEST_PROBLEMS;

export interface FieldProblem {
  /** Where in the body: `documents[3].text`; `body` for the whole. */
  readonly field: string;
  readonly message: string;
}

/** A request that is refused for what it is. */
export class RequestProblem extends Error {
  readonly code: RequestProblemCode;
  readonly problems: readonly FieldProblem[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: RequestProblemCode,
    {
      message = REQUEST_PROBLEMS[code].meaning,
      problems = [],
      headers = {},
    }: {
      message?: string;
      problems?: readonly FieldProblem[];
      headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(message);
    this.name = 'RequestProblem';
    this.code = code;
    this.problems = problems;
    this.headers = headers;
  }
}

/** A request that comes at a bad time: it may be sent again after some seconds. */
export class Refusal extends GroundspeedError {
  readonly retryAfterSeconds: number;

  constructor(code: 'engine.overloaded' | 'engine.closed', message: string, retryAfterSeconds: number) {
    super(code, message, { hint: `Ask again in ${retryAfterSeconds} s.` });
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** What every failed request is answered with. */
export interface ProblemBody {
  readonly success: false;
  readonly error: {
    readonly code: string;
    readonly message: string;
    /** The first field at fault; null where no field is. */
    readonly field: string | null;
    readonly problems: readonly FieldProblem[];
  };
  readonly request_id: string;
}

export interface ProblemResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ProblemBody;
}

/** Codes of the engine that are no fault of the service's own. All others are answered with 500. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  'query.empty': 400,
  'query.tooLong': 400,
  'usage.argument': 400,
  'query.aborted': 499, // as nginx says of a client that left; nobody reads it
  'embedding.failed': 502,
  'generation.failed': 502,
  'dependency.failed': 502,
  'dependency.timeout': 504,
  'dependency.open': 503,
  'dependency.busy': 503,
  'engine.overloaded': 503,
  'engine.closed': 503,
  'store.empty': 503,
  'store.locked': 503,
};

/** The field of the request that a code of the engine is about. */
const FIELD: Partial<Record<ErrorCode, string>> = { 'query.empty': 'query', 'query.tooLong': 'query' };

/** Codes of Fastify's for requests that it refuses itself. */
const FASTIFY: Readonly<Record<string, RequestProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'request.tooLarge',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'request.contentType',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'request.malformed',
  FST_ERR_CTP_INVALID_JSON_BODY: 'request.malformed',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'request.malformed',
};

/**
 * The response for whatever a request failed with. What the service is to blame for is told by its code and what that
 * means in general; the particulars may quote a question or a key, and are nobody's business outside.
 */
export function problemResponse(thrown: unknown, requestId: string): ProblemResponse {
  if (thrown instanceof RequestProblem) return requestResponse(thrown, requestId);
  if (thrown instanceof GroundspeedError) return engineResponse(thrown, requestId);
  const { code, statusCode } = (thrown ?? {}) as { code?: unknown; statusCode?: unknown };
  const known = typeof code === 'string' ? FASTIFY[code] : undefined;
  if (known !== undefined) return requestResponse(new RequestProblem(known), requestId);
  if (statusCode === 400) return requestResponse(new RequestProblem('request.malformed'), requestId);
  return engineResponse(new GroundspeedError('internal.bug', ''), requestId);
}

function requestResponse(problem: RequestProblem, requestId: string): ProblemResponse {
  const { code, message, problems, headers } = problem;
  const { status } = REQUEST_PROBLEMS[code];
  return { status, headers, body: bodyOf({ code, message, problems }, requestId) };
}

function engineResponse(error: GroundspeedError, requestId: string): ProblemResponse {
  const { code } = error;
  const status = STATUS[code] ?? 500;
  const field = FIELD[code];
  const told = status < 500 || error instanceof Refusal ? error.message : CATALOGUE[code].meaning;
  const problems = field === undefined ? [] : [{ field, message: told }];
  const retryAfter = error instanceof Refusal ? error.retryAfterSeconds : status === 503 ? 1 : undefined;
  return {
    status,
    headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
    body: bodyOf({ code, message: told, problems }, requestId),
  };
}

function bodyOf(
  { code, message, problems }: { code: string; message: string; problems: readonly FieldProblem[] },
  requestId: string,
): ProblemBody {
  const field = problems[0]?.field ?? null;
  return { success: false, error: { code, message, field, problems }, request_id: requestId };
}
