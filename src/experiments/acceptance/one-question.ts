import type { Probed } from '../http-probe.ts';
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

/** Types of a stream of events, or of lines of JSON. */
const STREAM_TYPES = new Set([
  'text/event-stream',
  'application/x-ndjson',
  'application/jsonl',
  'application/ndjson',
]);

export const checkHealth: Check = async (context) => {
  const { health } = context.deployment;
  if (health === undefined) return skipped('nothing says where it tells of its health (--health PATH)');
  const { pathname } = new URL(health.url);
  const response = await send(context, health);
  const said = healthWord(response);
  const told = `GET ${pathname} → ${response.status}${said === undefined ? '' : `, status ${said}`}`;
  if (response.status === 200) return passed(told);
  return failed(
    told,
    response.status === 404
      ? `Serve 200 at ${pathname} while the service is well, or name another place with --health PATH (none: not checked).`
      : `${pathname} has to answer 200 while the service is well.`,
  );
};

function healthWord(response: Probed): string | undefined {
  const content = jsonOf(response);
  const word =
    typeof content === 'object' && content !== null ? (content as Record<string, unknown>).status : undefined;
  return typeof word === 'string' && word.length <= 40 ? word : undefined;
}

export const checkQuery: Check = async (context) => {
  const { deployment, questions, asked } = context;
  const response = await send(context, deployment.request(questions[0]!));
  const wrong = wrongResponse(response, deployment.streams);
  if (wrong !== undefined) return wrong;
  const answer = deployment.answerOf(response);
  if (answer?.trim() === '') return failed('the answer is empty', 'Look at the raw reply: target check URL.');
  asked.response = response;
  if (answer === undefined) return passed(`status ${response.status}, passages without an answer`);
  return passed(
    `status ${response.status}, ${contentTypeOf(response)}, an answer of ${answer.length} characters`,
  );
};

/** What is wrong with a response to a question, whatever it answers; undefined where it is as it should be. */
export function wrongResponse(response: Probed, streams: boolean): Verdict | undefined {
  const { status } = response;
  const type = contentTypeOf(response);
  if (status < 200 || status > 299) {
    return failed(`status ${status}`, 'A question that is rightly asked has to be answered with 200.');
  }
  if (streams ? type !== undefined && STREAM_TYPES.has(type) : isJsonType(type)) return undefined;
  const due = streams ? 'text/event-stream or application/x-ndjson' : 'application/json';
  return failed(`content type ${type ?? 'missing'}`, `The response has to name its type: ${due}.`);
}

export const checkSpeed: Check = async ({ asked, answerWithinMs }) => {
  const { response } = asked;
  if (response === undefined) return skipped('the question was not answered');
  const told = `${Math.round(response.totalMs)} ms, of ${Math.round(answerWithinMs)} ms at most`;
  return response.totalMs <= answerWithinMs
    ? passed(told)
    : failed(
        told,
        'A single question, with nothing else to do, takes too long: see which stage takes the time.',
      );
};

/** An answer that is made sooner than this may come in one piece though nothing holds it back. */
const TELLING_MS = 500;

export const checkStreaming: Check = async ({ asked, deployment }: CheckContext) => {
  const { response } = asked;
  if (!deployment.streams) return skipped('its description says nothing of a stream');
  if (response === undefined) return skipped('the question was not answered');
  const { pieces, totalMs, firstByteMs = totalMs } = response;
  const last = `the last after ${Math.round(totalMs)} ms`;
  if (pieces > 1) return passed(`${pieces} pieces, the first after ${Math.round(firstByteMs)} ms, ${last}`);
  if (totalMs < TELLING_MS) return passed(`a stream in one piece, ${last}: too soon to tell more`);
  return failed(
    `a stream in one piece, ${last}`,
    'The whole answer came at once: something on the way (a proxy, gzip) holds the stream back.',
  );
};
