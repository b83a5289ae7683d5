import type { CorpusDocument } from '../datasets/golden.ts';
import type { Target } from '../load/target.ts';
import { checkReachable, type HttpTargetOptions, httpTarget } from '../load/targets/http/http-target.ts';
import { inProcessTarget } from '../load/targets/in-process.ts';
import { GeneratorThreads } from '../load/threads/pool.ts';
import type { IndexRecord, IngestRecord } from '../records/schema.ts';
import { keepCollectionsShort } from '../system/garbage.ts';
import type { EngineTraces } from './engine-traces.ts';
import { type IndexedEngine, indexSummary, openIndexedEngine } from './open-index.ts';
import type { RunSetup, TargetSetup } from './setup.ts';

/** A target that is ready to be asked, and what is known of it. */
export interface OpenTarget {
  readonly target: Target;
  /** Threads that drive it instead of this one, where more than one was asked for. */
  readonly threads: GeneratorThreads | undefined;
  /** What it searches, as far as that is known: an evidence quote can be found in it. */
  readonly documents: readonly CorpusDocument[] | undefined;
  readonly index: IndexRecord | null;
  readonly ingest: IngestRecord | null;
  /** One line on what was opened. */
  readonly summary: string;
  close(): Promise<void>;
}

/** Patience with making one connection, in milliseconds: a target that is down is noticed before any load. */
const CONNECTING = 10_000;

/** How a deployment is connected to. */
export interface Connecting {
  /** Requests in flight, at most: each has a connection, so that none waits out of sight. */
  readonly connections: number;
  /** Patience with one request, in milliseconds. */
  readonly timeout: number;
  /** Of the engine, where that is the target. */
  readonly traces?: EngineTraces | undefined;
}

/**
 * Opens the engine over its index, or makes sure that the deployment can be reached. Rejects with `target.dns`,
 * `target.connect` or `target.tls` where it cannot.
 */
export async function openTarget(setup: RunSetup, connecting: Connecting): Promise<OpenTarget> {
  return setup.target?.kind === 'http'
    ? openDeployment(setup, setup.target, connecting)
    : openEngineTarget(setup, connecting);
}

async function openEngineTarget(
  setup: RunSetup,
  { traces }: Pick<Connecting, 'traces'>,
): Promise<OpenTarget> {
  const opened = await openIndexedEngine(setup);
  const { documents, index, ingest } = opened;
  const { target, close } = await engineTarget(opened, traces);
  return {
    target,
    threads: undefined,
    documents,
    index,
    ingest,
    summary: indexSummary(opened),
    close,
  };
}

/** The engine as a target, traced where it is to be; `close` closes the engine as well. */
export async function engineTarget(
  { engine, index }: Pick<IndexedEngine, 'engine' | 'index'>,
  traces: EngineTraces | undefined,
): Promise<{ readonly target: Target; close(): Promise<void> }> {
  try {
    const traced = await traces?.open(engine, index.path ?? '');
    return {
      target: inProcessTarget(engine, traced?.ask),
      close: async () => {
        await traced?.stop();
        await engine.close();
      },
    };
  } catch (thrown) {
    await engine.close();
    throw thrown;
  }
}

async function openDeployment(
  { golden, signal }: RunSetup,
  { description, generators }: Extract<TargetSetup, { kind: 'http' }>,
  { connections, timeout }: Connecting,
): Promise<OpenTarget> {
  keepCollectionsShort();
  await checkReachable(description, { timeoutMs: CONNECTING, ...(signal && { signal }) });
  const options = {
    description,
    questions: golden.questions.map(({ id, question, evidence }) => ({ id, text: question, evidence })),
    connections,
    timeoutMs: timeout,
  };
  const target = httpTarget(options);
  const threads = generators > 1 ? await startThreads(generators, options) : undefined;
  return {
    target,
    threads,
    documents: golden.corpus,
    index: null,
    ingest: null,
    summary: target.name,
    close: async () => {
      await threads?.close();
      await target.close();
    },
  };
}

function startThreads(count: number, options: HttpTargetOptions): Promise<GeneratorThreads> {
  return GeneratorThreads.start(count, {
    target: { ...options, connections: Math.ceil(options.connections / count) },
    texts: options.questions.map(({ text }) => text),
  });
}
