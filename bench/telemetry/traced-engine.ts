import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Engine } from '../../src/engine/engine.ts';
import type { EngineOptions } from '../../src/engine/options.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { startEngineTracing } from '../../src/server/engine-tracing.ts';
import { tracedEngine } from '../../src/server/traced-engine.ts';
import { telemetryOptions } from '../../src/telemetry/options.ts';
import type { SpanFigures } from '../../src/telemetry/tracing/span-counts.ts';

export interface TracedEngineSetting {
  /** Opened already; whoever did closes it. */
  readonly engine: Engine;
  readonly options: EngineOptions;
  readonly folder: string;
  readonly clock: Clock;
  /** Share of the questions; by default 0.1. */
  readonly ratio?: number;
}

export interface TracedEngine {
  /** The engine with its questions traced. */
  readonly engine: Engine;
  figures(): SpanFigures;
  /** Sends what is left, and ends the collector. The engine stays open. */
  stop(): Promise<void>;
}

/** A collector on a thread of its own, which takes everything and keeps nothing: what it does is not charged to the engine. */
const COLLECTOR = `
  const { createServer } = require('node:http');
  const { parentPort } = require('node:worker_threads');
  const server = createServer((request, response) => {
    request.resume();
    request.once('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end());
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

/** Traces an engine's questions as a service would, to a collector on this machine. */
export async function traceEngine({
  engine,
  options,
  folder,
  clock,
  ratio = 0.1,
}: TracedEngineSetting): Promise<TracedEngine> {
  const collector = new Worker(COLLECTOR, { eval: true });
  const [port] = (await once(collector, 'message')) as [number];
  const traces = await startEngineTracing({
    order: {
      options: telemetryOptions.tracing.parse({
        endpoint: `http://127.0.0.1:${port}`,
        sampler: 'parentbased_traceidratio',
        sampleRatio: ratio,
      }),
      content: false,
    },
    engine: { options, folder },
    clock,
    version: 'bench',
  });
  const traced = tracedEngine(engine, traces.tracing);
  return {
    engine: traced.engine,
    figures: () => traces.tracing!.figures(),
    async stop() {
      traced.stop();
      await traces.stop();
      await collector.terminate();
    },
  };
}
