import { type Engine, openEngine } from '../../engine/engine.ts';
import { GroundspeedError, messageOf } from '../../kernel/errors.ts';
import { inProcessTarget } from '../../load/targets/in-process.ts';
import { pacingClock, systemClock } from '../../system/clock.ts';
import { withoutStandIns } from '../without-stand-ins.ts';
import { BlockDriver } from './block-driver.ts';
import type { EngineOrder, FromEngine, ToEngine } from './engine-messages.ts';

/**
 * Entry of the process that an engine is launched in: it opens the index to read only, and drives blocks onto it until it is
 * closed, or whoever started it is gone.
 */
class EngineProcess {
  #engine: Engine | undefined;
  #driver: BlockDriver | undefined;
  #block = new AbortController();

  async take(message: ToEngine): Promise<void> {
    switch (message.type) {
      case 'open':
        return this.#told(async () => {
          await this.#open(message.order);
          return { type: 'ready' };
        });
      case 'block':
        this.#block = new AbortController();
        return this.#told(async () => {
          if (this.#driver === undefined) throw new Error('the engine is not open');
          return { type: 'figures', figures: await this.#driver.block(message.order, this.#block.signal) };
        });
      case 'stop':
        this.#block.abort(new GroundspeedError('run.interrupted', 'The run was interrupted'));
        return;
      case 'close':
        await this.end();
        if (process.connected) process.disconnect();
    }
  }

  async #open({ options, folder, seed, questions, rules }: EngineOrder): Promise<void> {
    const { engine: measured } = withoutStandIns({ engine: options });
    const engine = await openEngine({ options: measured, folder, clock: systemClock, seed, readOnly: true });
    this.#engine = engine;
    const documents = engine.store.documentIds().flatMap((id) => engine.store.document(id) ?? []);
    // The engine is in this process: a timer's lateness of up to a millisecond would be most of the latency.
    const driven = { target: inProcessTarget(engine), questions, documents, rules, clock: pacingClock };
    this.#driver = new BlockDriver(driven);
  }

  async #told(work: () => Promise<FromEngine>): Promise<void> {
    try {
      send(await work());
    } catch (thrown) {
      const code = thrown instanceof GroundspeedError ? thrown.code : undefined;
      send({ type: 'failed', code, message: messageOf(thrown) });
    }
  }

  async end(): Promise<void> {
    this.#block.abort(new GroundspeedError('run.interrupted', 'The run was interrupted'));
    const engine = this.#engine;
    this.#engine = undefined;
    await engine?.close();
  }
}

function send(message: FromEngine): void {
  // Whoever started it may be gone: the event of that ends this process.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

const engineProcess = new EngineProcess();
// A terminal sends Ctrl-C to every process: the one that began it tells the others when to end.
process.on('SIGINT', () => undefined);
process.on('message', (message: ToEngine) => void engineProcess.take(message));
process.once('disconnect', () => void engineProcess.end());
send({ type: 'listening' });
