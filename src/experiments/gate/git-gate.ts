import { GroundspeedError } from '../../kernel/errors.ts';
import type { BlockRecord, PairedRecord, RunRecord } from '../../records/schema.ts';
import { type Assessed, assess } from '../assess.ts';
import { pairedRecord } from '../compare.ts';
import { recordHeader } from '../header.ts';
import { notesOnQuality, notesOnTarget } from '../notes.ts';
import type { BlockRules } from '../paired/block-driver.ts';
import { httpArm } from '../paired/http-arm.ts';
import { measureSpeed, runBatch, type SpeedOptions } from '../paired/measure-speed.ts';
import type { Service } from '../paired/service.ts';
import type { SpeedWishes } from '../paired/sizes.ts';
import { Parts } from '../parts.ts';
import type { RunSetup } from '../setup.ts';
import { type AskedAgain, askPinnedAgain, flippedPins } from './ask-again.ts';
import { type WorkTree, type WorkTreePlace, withWorkTree } from './work-tree.ts';

export interface GitGateOptions {
  readonly setup: RunSetup;
  readonly ref: string;
  readonly place: WorkTreePlace;
  /** The target as it is started in a folder. */
  readonly serviceIn: (folder: string) => Service;
  readonly rules: BlockRules;
  readonly wishes: SpeedWishes;
  /** Users of the closed loop, at most. */
  readonly mostUsers: number;
  readonly maxRate?: number | undefined;
  /** Whether a first batch of blocks fails, so that a second one has to confirm it. Called with the two names, and REF's quality. */
  readonly fails: (blocks: readonly BlockRecord[], names: GitNames, baseline: RunRecord) => boolean;
}

/** What the two variants are called among the blocks. */
export interface GitNames {
  readonly baseline: string;
  readonly candidate: string;
}

export interface GitMeasured {
  readonly names: GitNames;
  /** Of REF: its quality, as a record of its own. */
  readonly baseline: RunRecord;
  /** Of the working tree: its quality and the blocks of both; not yet judged. */
  readonly candidate: RunRecord;
  readonly askedAgain: AskedAgain;
}

/** What the working tree is called. No ref can be called so. */
const HERE = 'working tree';

const SPEED = 'speed';
/** Start, target and quality of each, and speed. */
const PARTS = 7;

interface Speed {
  readonly paired?: PairedRecord;
  readonly notes: readonly string[];
}

/**
 * Measures the user's working tree against one of its commits: that is checked out beside it, both are asked every golden
 * question, then both are started afresh, launch for launch, and driven in turns on this machine. Interrupted while speed is
 * measured, it keeps the pairs that are whole; before that it rejects with `run.interrupted`.
 *
 * @throws GroundspeedError gate.git where the commit cannot be checked out or started
 */
export function measureAgainstCommit(options: GitGateOptions): Promise<GitMeasured> {
  const { ref, place, setup } = options;
  return withWorkTree(ref, place, async (tree) => {
    for (const message of tree.notes) setup.onEvent({ type: 'warning', message });
    return new GitGate(options, tree).measure();
  });
}

class GitGate {
  readonly #options: GitGateOptions;
  readonly #tree: WorkTree;
  readonly #names: GitNames;
  readonly #parts: Parts;
  readonly #baseline: Service;
  readonly #candidate: Service;

  constructor(options: GitGateOptions, tree: WorkTree) {
    this.#options = options;
    this.#tree = tree;
    this.#names = { baseline: options.ref, candidate: HERE };
    this.#parts = new Parts(PARTS, options.setup.onEvent);
    this.#baseline = atCommit(options.serviceIn(tree.folder), options.ref);
    this.#candidate = options.serviceIn(options.place.folder);
  }

  async measure(): Promise<GitMeasured> {
    const { setup } = this.#options;
    const { clock, signal } = setup;
    const start = clock.now();
    const header = recordHeader(setup, 'gate');
    const before = await this.#assess(this.#baseline, this.#names.baseline, async ({ assessed }) => assessed);
    const baseline = this.#recordOf(before, recordHeader(setup, 'evaluate'), clock.now() - start);
    const { assessed: after, askedAgain } = await this.#assess(
      this.#candidate,
      this.#names.candidate,
      async ({ assessed, live }) => {
        const flipped = flippedPins(before.pass.questions, assessed.pass.questions);
        return { assessed, askedAgain: await askPinnedAgain(live, flipped) };
      },
    );
    const { paired, notes } = await this.#speed(baseline);
    const candidate = this.#recordOf(after, header, clock.now() - start);
    return {
      names: this.#names,
      askedAgain,
      baseline: { ...baseline, environment: this.#environmentAtCommit(baseline) },
      candidate: {
        ...candidate,
        notes: [...this.#tree.notes, ...candidate.notes, ...notes],
        ...(paired && { paired }),
        complete: signal?.aborted !== true,
      },
    };
  }

  /** Half of the questions would be held against all of them: an interruption ends it here. `then` runs while the target is up. */
  async #assess<T>(
    service: Service,
    name: string,
    then: (asked: { readonly assessed: Assessed; readonly live: RunSetup }) => Promise<T>,
  ): Promise<T> {
    const { setup } = this.#options;
    const { signal } = setup;
    const running = await this.#parts.run(`start, ${name}`, async () => {
      const started = await service.start(signal);
      return [started, started.description.name];
    });
    try {
      const live = {
        ...setup,
        target: { kind: 'http', description: running.description, generators: 1 },
      } as const;
      const assessed = await assess(live, this.#parts, name);
      signal?.throwIfAborted();
      return await then({ assessed, live });
    } finally {
      await running.stop();
    }
  }

  /** What cannot be measured of speed is told, and takes nothing away from what is known of quality. */
  async #speed(baseline: RunRecord): Promise<Speed> {
    const { signal, onEvent } = this.#options.setup;
    try {
      return await this.#measureSpeed(baseline);
    } catch (thrown) {
      if (signal?.aborted) return { notes: ['The run was interrupted before speed was compared.'] };
      if (!(thrown instanceof GroundspeedError)) throw thrown;
      const message = `Speed was not compared: ${[thrown.message, ...thrown.problems].join('; ')}`;
      onEvent({ type: 'warning', message });
      return { notes: [message] };
    }
  }

  #measureSpeed(before: RunRecord): Promise<Speed> {
    const { fails } = this.#options;
    const { baseline, candidate } = this.#names;
    const options = this.#speedOptions();
    return this.#parts.run(SPEED, async () => {
      const { plan, blocks: first, endedBy, notes } = await measureSpeed(options);
      const confirms =
        endedBy !== 'interrupted' && endedBy !== 'failures' && fails(first, this.#names, before);
      if (confirms) options.tell('something got worse: a second, fresh batch has to confirm it');
      // A budget is for the first batch: a FAIL that nobody may confirm would be none.
      const unbound = { ...plan, deadline: undefined };
      const second = confirms ? (await runBatch(unbound, options, 1)).blocks : [];
      const blocks = [...first, ...second];
      const paired = pairedRecord({ plan, blocks }, [baseline, candidate]);
      return [{ paired, notes }, `${blocks.length} blocks`];
    });
  }

  #speedOptions(): SpeedOptions {
    const { setup, rules, wishes, mostUsers, maxRate } = this.#options;
    const { baseline, candidate } = this.#names;
    const { onEvent } = this.#parts;
    return {
      arms: [
        httpArm({ name: baseline, setup, rules, service: this.#baseline }),
        httpArm({ name: candidate, setup, rules, service: this.#candidate }),
      ],
      wishes,
      questions: setup.golden.questions.length,
      seed: setup.seed,
      clock: setup.clock,
      interleaving: 'processes',
      mostUsers,
      maxRate,
      signal: setup.signal,
      tell: (text) => onEvent({ type: 'part.noted', name: SPEED, text }),
      onBlock: (done, total) => onEvent({ type: 'part.progress', name: SPEED, done, total, unit: 'blocks' }),
    };
  }

  #recordOf(
    { opened, pass }: Assessed,
    header: ReturnType<typeof recordHeader>,
    durationMs: number,
  ): RunRecord {
    const { quality, questions } = pass;
    const notes = [...notesOnTarget(this.#options.setup), ...notesOnQuality(questions)];
    const { index, ingest } = opened;
    return { ...header, notes, index, ingest, quality, questions, complete: true, durationMs };
  }

  #environmentAtCommit({ environment }: RunRecord): RunRecord['environment'] {
    return { ...environment, git: { commit: this.#tree.commit, dirty: false } };
  }
}

/** Whose failure to start is told as what it is: the old commit's, whose files the user is not looking at. */
function atCommit(service: Service, ref: string): Service {
  return {
    start: (signal) =>
      service.start(signal).catch((thrown: unknown) => {
        if (!(thrown instanceof GroundspeedError) || thrown.where !== 'target.start') throw thrown;
        throw new GroundspeedError('gate.git', `At ${ref} the target does not start: ${thrown.message}`, {
          where: thrown.where,
          problems: thrown.problems,
          hint: 'A fresh checkout holds only what is committed: start must install and build what it needs. Or name a later commit.',
          cause: thrown,
        });
      }),
  };
}
