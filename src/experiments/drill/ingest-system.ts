import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, openEngine } from '../../engine/engine.ts';
import type { PortDecorators } from '../../engine/ports.ts';
import type { Clock } from '../../kernel/clock.ts';
import { GroundspeedError, messageOf } from '../../kernel/errors.ts';
import { type Random, seededRandom } from '../../kernel/random.ts';
import { milliseconds } from '../../kernel/units.ts';
import { type IndexedEngine, openIndexedEngine } from '../open-index.ts';
import type { RunSetup } from '../setup.ts';
import { openEngineSystem } from './engine-system.ts';
import { poisonedBatch } from './poison.ts';
import type { DrillSystem, OpeningSystem } from './system.ts';
import type { Timeline } from './timeline.ts';

/** Milliseconds from the end of one batch to the next. */
const PAUSE = 250;

/** What became of the batches. */
interface Taken {
  batches: number;
  indexed: number;
  /** Documents that were left out, by the code of what was wrong. */
  readonly failed: Map<string, number>;
  /** Batches of which nothing was taken, likewise. */
  readonly broken: Map<string, number>;
}

/**
 * The engine over a copy of the index, into which documents are taken while questions are asked: a batch after the other as
 * long as the window lasts, one document in twenty poisoned.
 */
export async function openIngestSystem(opening: OpeningSystem): Promise<DrillSystem> {
  const { setup } = opening.arm;
  if (setup.engine.store.url !== undefined) {
    throw new GroundspeedError('drill.unavailable', 'This drill takes documents into a copy of the index', {
      where: 'store.url',
      hint: 'It has no copy of a store elsewhere: leave store.url out.',
    });
  }
  const folder = await mkdtemp(join(tmpdir(), 'groundspeed-drill-'));
  const taken: Taken = { batches: 0, indexed: 0, failed: new Map(), broken: new Map() };
  return openEngineSystem(opening, {
    open: (setup, decorate) => openCopy(setup, decorate, folder),
    play: (engine, timeline) => {
      const { clock, seed } = setup;
      return takeBatches(
        engine,
        { timeline, taken, clock, random: seededRandom(seed).fork('poison') },
        opening,
      );
    },
    notes: () => [wordsOn(taken)],
    close: () => rm(folder, { recursive: true, force: true }),
  });
}

async function openCopy(setup: RunSetup, decorate: PortDecorators, folder: string): Promise<IndexedEngine> {
  const built = await openIndexedEngine(setup);
  await built.engine.close();
  await cp(built.index.path ?? setup.indexFolder, folder, { recursive: true });
  const { engine: options, clock, seed } = setup;
  return { ...built, engine: await openEngine({ options, folder, clock, seed, decorate }) };
}

interface Taking {
  readonly timeline: Timeline;
  readonly taken: Taken;
  readonly clock: Clock;
  readonly random: Random;
}

async function takeBatches(
  engine: Engine,
  { timeline: { until, over }, taken, clock, random }: Taking,
  { plan: { span } }: OpeningSystem,
): Promise<void> {
  if (!(await until(span.fromMs))) return;
  const end = clock.now() + span.toMs - span.fromMs;
  while (!over.aborted && clock.now() < end) {
    try {
      const { indexed, failed } = await engine.ingest(poisonedBatch(taken.batches, random), { signal: over });
      taken.indexed += indexed;
      for (const { code } of failed) count(taken.failed, code);
    } catch (thrown) {
      if (over.aborted) return;
      count(taken.broken, thrown instanceof GroundspeedError ? thrown.code : messageOf(thrown));
    }
    taken.batches += 1;
    await clock.sleep(milliseconds(PAUSE), over).catch(() => undefined);
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function wordsOn({ batches, indexed, failed, broken }: Taken): string {
  const list = (counts: ReadonlyMap<string, number>): string =>
    [...counts].map(([name, number]) => `${name} ${number}`).join(', ') || 'none';
  return `Taken in meanwhile: ${indexed} documents in ${batches} batches; left out: ${list(failed)}; batches that failed: ${list(broken)}.`;
}
