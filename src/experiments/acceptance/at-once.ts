import { messageOf } from '../../kernel/errors.ts';
import type { Probed } from '../http-probe.ts';
import { type Check, failed, jsonOf, passed, send, skipped } from './check.ts';
import { wrongResponse } from './one-question.ts';

const AT_ONCE = 10;

/** Ten questions on ten connections, at the same moment: each is answered within the patience of one, and by its own id. */
export const checkAtOnce: Check = async (context) => {
  const { deployment, questions, asked } = context;
  if (asked.response === undefined) return skipped('the question was not answered, asked alone');
  const ended = await Promise.allSettled(
    Array.from({ length: AT_ONCE }, (_, at) =>
      send(context, deployment.request(questions[at % questions.length]!)),
    ),
  );
  const problems: string[] = [];
  const answered: Probed[] = [];
  for (const one of ended) {
    const problem =
      one.status === 'rejected' ? messageOf(one.reason) : problemOf(one.value, context.deployment);
    if (problem !== undefined) problems.push(problem);
    else if (one.status === 'fulfilled') answered.push(one.value);
  }
  if (problems.length > 0) {
    const more = problems.length === 1 ? '' : ` (and ${problems.length - 1} more)`;
    return failed(
      `${answered.length} of ${AT_ONCE} answered: ${problems[0]}${more}`,
      'Ten users at once are few: look at limits of concurrency, of connections and of rate.',
    );
  }
  const slowest = Math.round(Math.max(...answered.map(({ totalMs }) => totalMs)));
  const ids = answered.flatMap((response) => requestIdOf(response) ?? []);
  const distinct = new Set(ids).size;
  if (distinct < ids.length) {
    return failed(
      `${AT_ONCE} answered, but with ${distinct} request ids for ${ids.length} requests`,
      'Each request needs an id of its own, or nothing can be traced.',
    );
  }
  const told = ids.length === 0 ? 'no request ids are given' : 'request ids are distinct';
  return passed(`${AT_ONCE} of ${AT_ONCE} answered, the slowest after ${slowest} ms; ${told}`);
};

function problemOf(response: Probed, deployment: Parameters<Check>[0]['deployment']): string | undefined {
  const wrong = wrongResponse(response, deployment.streams);
  if (wrong !== undefined) return wrong.detail;
  try {
    return deployment.answerOf(response)?.trim() === '' ? 'an empty answer' : undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

const ID_HEADERS = ['x-request-id', 'request-id', 'x-correlation-id'];

function requestIdOf(response: Probed): string | undefined {
  for (const name of ID_HEADERS) if (response.headers[name]) return response.headers[name];
  const content = jsonOf(response);
  if (typeof content !== 'object' || content === null) return undefined;
  const { request_id, requestId } = content as Record<string, unknown>;
  const id = request_id ?? requestId;
  return typeof id === 'string' && id !== '' ? id : undefined;
}
