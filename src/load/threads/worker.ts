import { parentPort, workerData } from 'node:worker_threads';
import { seededRandom } from '../../kernel/random.ts';
import { milliseconds } from '../../kernel/units.ts';
import { systemClock } from '../../system/clock.ts';
import { drive } from '../drive.ts';
import { ErrorClasses } from '../error-classes.ts';
import { watchThread } from '../generator-watch.ts';
import { LiveCounter, TELLING } from '../live.ts';
import type { ThreadRows } from '../merge.ts';
import { QuestionNumbers } from '../question-numbers.ts';
import { PhaseRecorder } from '../recorder.ts';
import { ReplyStore } from '../reply-store.ts';
import { ResponseTable } from '../responses.ts';
import { httpTarget } from '../targets/http/http-target.ts';
import type { FromThread, ThreadSetup, ThreadTask, ToThread } from './messages.ts';

/** Entry of a generator thread: makes its own target, then does one task after the other until it is closed. */
const port = parentPort!;
const { target: options, texts } = workerData as ThreadSetup;
const target = httpTarget(options);
const questions = new QuestionNumbers(texts);
let stop = new AbortController();
let enough = new AbortController();

const tell = (message: FromThread, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

port.on('message', (message: ToThread) => {
  if (message.type === 'stop') stop.abort();
  else if (message.type === 'enough') enough.abort();
  else if (message.type === 'close') void target.close().then(() => port.close());
  else {
    stop = new AbortController();
    enough = new AbortController();
    run(message.task, { signal: stop.signal, enough: enough.signal }).catch((thrown: unknown) => {
      const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : undefined;
      tell({
        type: 'failed',
        code,
        message: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
      });
    });
  }
});
tell({ type: 'ready' });

async function run(
  { task, originEpoch, seed, deadlineMs, samples, watchesCost }: ThreadTask,
  ends: { signal: AbortSignal; enough: AbortSignal },
): Promise<void> {
  const errors = new ErrorClasses();
  const responses = new ResponseTable();
  const replies = new ReplyStore();
  const stages = target.stages.length;
  const expected = task.loop === 'open' ? task.due.length : 1024;
  const planned = task.loop === 'open' ? { due: task.due, question: task.asked } : undefined;
  const recorder = new PhaseRecorder(expected, { responses, errors, stages, replies, planned, questions });
  const origin = originEpoch - performance.timeOrigin;
  const counter = new LiveCounter(recorder, { target, deadlineMs, samples, watchesCost });
  const watch = watchThread(systemClock);
  const telling = setInterval(() => tell({ type: 'live', delta: counter.delta() }), TELLING);
  try {
    if (origin > performance.now())
      await systemClock.sleep(milliseconds(origin - performance.now()), ends.signal).catch(() => undefined);
    const nextTurn = (): Promise<void> => Promise.resolve();
    await drive(task, {
      target,
      questions: texts,
      recorder,
      clock: systemClock,
      origin,
      random: seededRandom(seed),
      nextTurn,
      ...ends,
    });
    const used = watch.stop(origin);
    clearInterval(telling);
    const last = counter.delta();
    tell({ type: 'sent-all' });
    await recorder.readReplies(
      (reply, question) => target.read(reply, question),
      async () => undefined,
    );
    const rows = threadRows(recorder, responses, errors);
    tell({ type: 'done', rows, used, last }, transferable(rows));
  } finally {
    watch.close();
    clearInterval(telling);
    replies.close();
  }
}

function threadRows(recorder: PhaseRecorder, responses: ResponseTable, errors: ErrorClasses): ThreadRows {
  return {
    columns: recorder.columns(),
    responses: Array.from({ length: responses.size }, (_, id) => ({
      question: responses.question(id),
      response: responses.response(id),
    })),
    errors: errors.list(),
  };
}

/** The buffers of the columns, handed over instead of copied. */
function transferable({ columns: { rows: _, stages, ...columns } }: ThreadRows): ArrayBuffer[] {
  const told = [...Object.values(columns), ...stages].filter((column) => column !== undefined);
  return told.map(({ buffer }) => buffer as ArrayBuffer);
}
