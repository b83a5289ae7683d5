import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Answer, AskOptions } from '../../engine/answer.ts';
import type { AnswerEvent } from '../../engine/stream.ts';
import type { QuestionTrace } from '../../telemetry/tracing/tracing.ts';
import type { Place } from '../admission.ts';
import type { Asked as AskedQuestion } from '../analytics/asked.ts';
import { whenGone } from '../gone.ts';
import type { AppParts } from '../parts.ts';
import { problemResponse } from '../problem.ts';
import { readBody } from '../validate.ts';
import { type AnswerBody, answerBody, type QueryBody, queryBodySchema } from './query-body.ts';
import { asTraced } from './traced-request.ts';

/** Bytes of a body that holds one question, at most, whatever documents may have. */
const LARGEST_QUERY = 1_048_576;

/** One question on its way through HTTP. */
interface Asked {
  readonly body: QueryBody;
  readonly place: Place;
  readonly options: AskOptions;
  readonly request: FastifyRequest;
  /** What those who watch requests read of it. */
  readonly told: AskedQuestion;
  /** Since the request came, in milliseconds. */
  readonly elapsed: () => number;
}

/** `POST /api/query`, also as `/api/chat`: one question, answered as JSON, or piece by piece as server-sent events. */
export function addQueryRoutes(app: FastifyInstance, parts: AppParts): void {
  const { engine, options, clock, admission, tracing } = parts;
  const schema = queryBodySchema(options.limits.maxQuestionLength);

  const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<AnswerBody | FastifyReply> => {
    const start = clock.now();
    return asTraced({ request, reply, tracing, start }, async (trace) => {
      const body = readBody(schema, request.body);
      const told: AskedQuestion = { question: body.query, clientId: body.client_id };
      request.asked = told;
      const gone = whenGone(reply.raw);
      const place = await enter(gone, body, trace);
      const elapsed = (): number => clock.now() - start;
      const asked: Asked = {
        body,
        place,
        options: { signal: gone, ...(trace && { tag: trace }), ...askOptions(body, elapsed()) },
        request,
        told,
        elapsed,
      };
      return body.stream === true ? stream(asked, reply) : ask(asked, reply);
    });
  };

  /** The wait is a part of the trace, whether or not a place comes of it. */
  const enter = async (
    gone: AbortSignal,
    body: QueryBody,
    trace: QuestionTrace | undefined,
  ): Promise<Place> => {
    const since = clock.now();
    try {
      return await admission.enter(gone, body.deadline_ms);
    } finally {
      trace?.waited('queries', since, clock.now());
    }
  };

  const ask = async (asked: Asked, reply: FastifyReply): Promise<AnswerBody> => {
    try {
      const answer = await engine.ask(asked.body.query, asked.options);
      // A streamed answer tells it in its last event: when its headers go out, nobody knows yet.
      if (answer.degraded !== undefined) reply.header('x-degraded', answer.degraded.level);
      return bodyOf(answer, asked);
    } finally {
      asked.place.leave();
    }
  };

  /** What goes wrong before the first piece is a response of its own; after it, an event. */
  const stream = async (asked: Asked, reply: FastifyReply): Promise<FastifyReply> => {
    const events = engine.stream(asked.body.query, asked.options)[Symbol.asyncIterator]();
    try {
      const first = await events.next();
      const pieces = Readable.from(serverSentEvents(asked, first, events));
      // However it ends, and also where nobody ever reads from it.
      pieces.once('close', () => asked.place.leave());
      reply.header('content-type', 'text/event-stream; charset=utf-8');
      reply.header('cache-control', 'no-cache, no-transform');
      reply.header('x-accel-buffering', 'no'); // nginx would hold the pieces back
      return reply.send(pieces);
    } catch (error) {
      asked.place.leave();
      throw error;
    }
  };

  const limits = { bodyLimit: Math.min(LARGEST_QUERY, options.server.maxBodyBytes) };
  app.post('/api/query', limits, handle);
  app.post('/api/chat', limits, handle);
}

/** A moment is left to a question that has waited for longer than it may take: what needs no time may still answer it. */
const LEAST_MS = 1;

/** The wait for a place is a part of the time that a question may take. */
function askOptions(
  { top_k: topK, filter, deadline_ms: ms, cache }: QueryBody,
  waitedMs: number,
): AskOptions {
  return {
    waitedMs,
    ...(topK !== undefined && { topK }),
    ...(filter !== undefined && { filter }),
    ...(cache !== undefined && { cache }),
    ...(ms !== undefined && { deadlineMs: Math.max(LEAST_MS, ms - waitedMs) }),
  };
}

function bodyOf(answer: Answer, { place, request, told, elapsed }: Asked): AnswerBody {
  told.answer = answer;
  told.waitedMs = place.waitedMs;
  const queueMs = place.waitedMs;
  const firstTokenMs = queueMs + answer.firstTokenMs;
  return answerBody(answer, { processingMs: elapsed(), queueMs, firstTokenMs }, request.id);
}

/** `token` for each piece, then `done` with the whole answer, or `error`. */
async function* serverSentEvents(
  asked: Asked,
  first: IteratorResult<AnswerEvent>,
  rest: AsyncIterator<AnswerEvent>,
): AsyncGenerator<string> {
  try {
    for (let next = first; !next.done; next = await rest.next()) {
      yield next.value.type === 'text'
        ? serverSentEvent('token', { text: next.value.text })
        : serverSentEvent('done', bodyOf(next.value.answer, asked));
    }
  } catch (error) {
    const { body } = problemResponse(error, asked.request.id);
    asked.request.failure = body.error.code;
    yield serverSentEvent('error', body);
  } finally {
    await rest.return?.();
  }
}

/** JSON holds no line break, so that one data line is enough. */
function serverSentEvent(event: string, data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
