import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AskOptions } from '../../src/engine/answer.ts';
import type { SourceItem } from '../../src/engine/documents/source.ts';
import { type Engine, openEngine } from '../../src/engine/engine.ts';
import { engineSchema } from '../../src/engine/options.ts';
import { streamAnswer } from '../../src/engine/stream.ts';
import { serverOptions } from '../../src/server/options.ts';
import type { AppSetting } from '../../src/server/parts.ts';
import { systemClock } from '../../src/system/clock.ts';
import { renderMetrics } from '../../src/telemetry/merge.ts';
import { createMetrics } from '../../src/telemetry/registry.ts';

export const FARES: readonly SourceItem[] = ['bicycle', 'dog', 'lorry', 'caravan', 'kayak', 'parrot'].map(
  (subject, pounds) => ({
    document: {
      id: subject,
      title: `Taking a ${subject}`,
      text: `The crossing for a ${subject} costs £${pounds}.50. Please tell the crew of your ${subject} before boarding.`,
      metadata: { kind: pounds > 2 ? 'large' : 'small' },
    },
  }),
);
export const KAYAK = 'What does the crossing cost for a kayak?';

/** An engine over the fares, in a folder of its own; `remove` closes it and takes the folder away. */
export async function faresEngine(settings: object = {}): Promise<{
  engine: Engine;
  options: ReturnType<typeof engineSchema.parse>;
  folder: string;
  remove: () => Promise<void>;
}> {
  const folder = mkdtempSync(join(tmpdir(), 'groundspeed-serve-'));
  const options = engineSchema.parse({ embedding: { dimensions: 4 }, ...settings });
  const engine = await openEngine({ options, folder, clock: systemClock, seed: 1 });
  await engine.ingest(FARES);
  return {
    engine,
    options,
    folder,
    remove: async () => {
      await engine.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface MadeSetting {
  readonly engine: Engine;
  readonly options?: object;
  readonly server?: object;
  readonly log?: AppSetting['log'];
}

/** All that a service needs, over an engine that is there. */
export function appSetting({ engine, options = {}, server = {}, log }: MadeSetting): AppSetting {
  const metrics = createMetrics({ version: '1.2.3', nodeVersion: 'v0' });
  return {
    engine,
    options: { ...engineSchema.parse(options), server: serverOptions.server.parse({ port: 0, ...server }) },
    metrics,
    exposition: async () => renderMetrics([await metrics.snapshot()]),
    takeDocuments: async (items) => {
      const { indexed, unchanged, failed } = await engine.ingest(items);
      return { indexed, unchanged, failed, skipped: [], quarantined: [], version: engine.store.version };
    },
    clock: systemClock,
    version: '1.2.3',
    startedAt: systemClock.epoch() - 5000,
    log: log ?? { level: 'silent', stream: { write: () => undefined } },
  };
}

export interface HeldEngine extends Engine {
  /** Questions that wait for `release`, and have not been withdrawn. */
  readonly held: number;
  /** Lets all those go on that wait, and whoever asks from now on. */
  release(): void;
}

/** An engine that answers nothing until it is told to. */
export function heldEngine(engine: Engine): HeldEngine {
  let held = 0;
  let released = false;
  const wakers = new Set<() => void>();
  const ask = async (question: string, options: AskOptions = {}) => {
    if (!released) {
      held += 1;
      await new Promise<void>((resolve) => {
        wakers.add(resolve);
        options.signal?.addEventListener('abort', () => resolve(), { once: true });
      });
      held -= 1;
    }
    return engine.ask(question, options);
  };
  return {
    events: engine.events,
    store: engine.store,
    ask,
    stream: (question, options = {}) => streamAnswer((streamed) => ask(question, streamed), options),
    ingest: (source, options) => engine.ingest(source, options),
    follow: () => engine.follow(),
    checkpoint: () => engine.checkpoint(),
    stages: () => engine.stages(),
    clearCaches: () => engine.clearCaches(),
    cacheStatistics: () => engine.cacheStatistics(),
    info: () => engine.info(),
    health: () => engine.health(),
    close: () => engine.close(),
    get held() {
      return held;
    },
    release() {
      released = true;
      for (const wake of wakers) wake();
    },
  };
}

/** Waits until something is so, turn by turn; fails after ten seconds, unless it may take longer. */
export async function until(isSo: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`never came true: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
