import {
  type Draft,
  MODEL_KINDS,
  type ModelKind,
  type RefusalCount,
  Refusals,
} from '../../datasets/draft/draft.ts';
import { NearDuplicates } from '../../datasets/draft/near-duplicates.ts';
import { DocumentTexts, type Fault, isFault } from '../../datasets/draft/verify.ts';
import type { CorpusDocument } from '../../datasets/golden.ts';
import type { TokenUsage } from '../../engine/ports.ts';
import type { Clock } from '../../kernel/clock.ts';
import { GroundspeedError } from '../../kernel/errors.ts';
import { type Random, seededRandom } from '../../kernel/random.ts';
import type { ChatFault } from '../chat-model/port.ts';
import { CorpusSearch } from '../dataset-check/corpus-search.ts';
import { Budget, type Price } from './budget.ts';
import { type CallOutcome, callModel, type DraftingModel } from './call-model.ts';
import { choosePassages } from './choose-passages.ts';
import { answerElsewhere, strongMatch } from './corpus-doubts.ts';
import { type ChunkingOptions, PassagePool } from './passages.ts';
import { draftPrompt, draftSchema, promptIdentity } from './prompts.ts';
import { type Drafting, draftOf } from './replies.ts';

export interface ModelDrafting {
  readonly documents: readonly CorpusDocument[];
  readonly size: number;
  readonly seed: number;
  readonly model: DraftingModel;
  readonly chunking: ChunkingOptions;
  readonly clock: Clock;
  /** US dollars per million tokens; undefined where it is not known. */
  readonly price?: Price | undefined;
  /** US dollars; needs a price. */
  readonly maxCostUsd?: number | undefined;
  /** Calls in flight, at most. */
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (drafted: number, refused: number) => void;
}

export interface CallCounts {
  /** Answered, whatever the answer was worth. */
  readonly answered: number;
  /** Attempts after a passing fault. */
  readonly retried: number;
  /** Given up, by fault. */
  readonly failed: Readonly<Partial<Record<ChatFault, number>>>;
  /** What the first of them said. */
  readonly firstFailure: string | undefined;
}

export interface ModelDrafts {
  readonly drafts: readonly Draft[];
  readonly refused: readonly RefusalCount[];
  readonly calls: CallCounts;
  readonly usage: TokenUsage;
  /** Null where the price of the model is not known. */
  readonly costUsd: number | null;
  /** Why there are fewer than were asked for, where it was not the documents or the model's replies. */
  readonly stopped: 'max-cost' | 'interrupted' | 'service' | undefined;
  readonly prompt: { readonly version: number; readonly hash: string };
}

const CONCURRENCY = 4;
/** How often a place in the set is drafted for, each time from other passages. */
const ROUNDS = 4;
/** From this round on, kinds that fail again and again give way to the one that hardly ever does. */
const LOOKUP_FROM = 2;

/**
 * Asks a chat model for questions of each kind in turn, verifies every one, and asks again from other passages for those
 * that fail. A ceiling of cost, or a signal, ends it with what there is. Replies are looked at in the order in which
 * they were asked for, so that the same replies give the same drafts. Throws `generation.failed` where the service
 * gives nothing at all.
 */
export async function draftWithModel(options: ModelDrafting): Promise<ModelDrafts> {
  const drafter = new Drafter(options, await CorpusSearch.open(options.documents));
  let places = Array.from({ length: options.size }, (_, at) => MODEL_KINDS[at % MODEL_KINDS.length]!);
  for (let round = 0; round < ROUNDS && places.length > 0 && drafter.stopped === undefined; round += 1) {
    places = await drafter.round(
      places.map((kind) => (round >= LOOKUP_FROM ? 'lookup' : kind)),
      round,
    );
  }
  return drafter.result();
}

/** One call that is to be made: its passages and its own chance. */
interface Task extends Drafting {
  readonly seed: number;
  readonly random: Random;
}

class Drafter {
  readonly #options: ModelDrafting;
  readonly #search: CorpusSearch;
  readonly #texts: DocumentTexts;
  readonly #random: Random;
  readonly #pool: PassagePool;
  readonly #budget: Budget;
  readonly #duplicates = new NearDuplicates();
  readonly #refusals = new Refusals(50);
  readonly #drafts: Draft[] = [];
  readonly #failed: Partial<Record<ChatFault, number>> = {};
  #firstFailure: string | undefined;
  #answered = 0;
  #retried = 0;
  stopped: ModelDrafts['stopped'];

  constructor(options: ModelDrafting, search: CorpusSearch) {
    this.#options = options;
    this.#search = search;
    this.#texts = new DocumentTexts(options.documents);
    this.#random = seededRandom(options.seed).fork('draft-with-model');
    this.#pool = new PassagePool(options.documents, options.chunking, this.#random.fork('passages'));
    this.#budget = new Budget(options.price, options.maxCostUsd);
  }

  /** Drafts one question for each place; the kinds of those that failed come back. */
  async round(kinds: readonly ModelKind[], round: number): Promise<ModelKind[]> {
    const tasks: Task[] = [];
    for (const [at, kind] of kinds.entries()) {
      const drafting = await choosePassages(kind, this.#pool, this.#search);
      if (drafting === undefined) return [];
      const random = this.#random.fork(`call ${round} ${at}`);
      tasks.push({ ...drafting, random, seed: random.integer(2 ** 31) });
    }
    const outcomes = await this.#callAll(tasks);
    const left: ModelKind[] = [];
    for (const [at, outcome] of outcomes.entries()) {
      const task = tasks[at]!;
      const kept = await this.#take(outcome, task);
      if (!kept) left.push(kinds[at]!);
      this.#options.onProgress?.(this.#drafts.length, this.#refusals.total);
    }
    const gaveNothing = outcomes.every(({ kind }) => kind === 'failed');
    if (gaveNothing && this.stopped === undefined) this.stopped = 'service';
    return left;
  }

  /** Every task's outcome, in order; once the run is to stop, none that is left is sent. */
  async #callAll(tasks: readonly Task[]): Promise<CallOutcome[]> {
    const { concurrency = CONCURRENCY, signal, model, clock } = this.#options;
    const outcomes: CallOutcome[] = [];
    let next = 0;
    let answered = 0;
    const work = async (): Promise<void> => {
      while (next < tasks.length) {
        const at = next;
        next += 1;
        const { kind, passages, seed, random } = tasks[at]!;
        if (signal?.aborted) {
          outcomes[at] = { kind: 'interrupted' };
          continue;
        }
        if (this.stopped !== undefined) {
          outcomes[at] = { kind: 'unaffordable' };
          continue;
        }
        const request = {
          messages: draftPrompt(kind, passages),
          schema: draftSchema(),
          seed,
          ...(signal && { signal }),
        };
        const onRetry = (): void => {
          this.#retried += 1;
        };
        const outcome = await callModel(request, { model, budget: this.#budget, clock, random, onRetry });
        outcomes[at] = outcome;
        if (outcome.kind === 'unaffordable') this.stopped ??= 'max-cost';
        // No other call would fare better.
        if (outcome.kind === 'failed' && outcome.fault === 'unusable') this.stopped ??= 'service';
        if (outcome.kind === 'reply') answered += 1;
        this.#options.onProgress?.(this.#drafts.length + answered, this.#refusals.total);
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, tasks.length) }, work));
    return outcomes;
  }

  /** Whether the outcome became a draft. */
  async #take(outcome: CallOutcome, task: Task): Promise<boolean> {
    switch (outcome.kind) {
      case 'unaffordable':
        return false;
      case 'interrupted':
        this.stopped ??= 'interrupted';
        return false;
      case 'failed':
        return this.#fail(outcome, task);
      case 'reply': {
        this.#answered += 1;
        const draft = draftOf(outcome.text, task, this.#texts);
        const fault = isFault(draft) ? draft : await this.#faultBesideOthers(draft);
        if (fault !== undefined) {
          this.#refuse(fault, task, isFault(draft) ? '' : draft.question);
          return false;
        }
        const sound = draft as Draft;
        this.#duplicates.add(sound);
        this.#drafts.push(await this.#doubted(sound));
        return true;
      }
    }
  }

  #fail({ fault, message }: Extract<CallOutcome, { kind: 'failed' }>, task: Task): boolean {
    if (fault === 'malformed' || fault === 'refused') {
      this.#answered += 1;
      this.#refuse({ reason: fault === 'refused' ? 'declined' : 'malformed', detail: message }, task, '');
      return false;
    }
    this.#failed[fault] = (this.#failed[fault] ?? 0) + 1;
    this.#firstFailure ??= message;
    return false;
  }

  async #faultBesideOthers(draft: Draft): Promise<Fault | undefined> {
    const twin = this.#duplicates.find(draft);
    if (twin !== undefined) return { reason: 'near-duplicate', detail: `beside ${JSON.stringify(twin)}` };
    if (draft.answerable) return undefined;
    const match = await strongMatch(draft, this.#search);
    return match === undefined ? undefined : { reason: 'answerable', detail: match };
  }

  async #doubted(draft: Draft): Promise<Draft> {
    const elsewhere = await answerElsewhere(draft, this.#search);
    return elsewhere === undefined ? draft : { ...draft, doubts: [...draft.doubts, elsewhere] };
  }

  #refuse({ reason, detail }: Fault, { kind, passages }: Task, question: string): void {
    const documents = [...new Set(passages.map(({ document }) => document.id))];
    this.#refusals.add({ reason, detail, question, kind, documents });
  }

  result(): ModelDrafts {
    const { model } = this.#options;
    if (this.#drafts.length === 0 && this.#answered === 0 && this.#firstFailure !== undefined) {
      throw new GroundspeedError(
        'generation.failed',
        `The model that drafts questions cannot be asked: ${this.#firstFailure}`,
        {
          where: model.service,
          hint: 'Check OPENAI_API_KEY, openai.baseUrl and generation.model; or draft without a model: --method cloze.',
        },
      );
    }
    return {
      drafts: this.#drafts,
      refused: this.#refusals.list(),
      calls: {
        answered: this.#answered,
        retried: this.#retried,
        failed: this.#failed,
        firstFailure: this.#firstFailure,
      },
      usage: this.#budget.usage,
      costUsd: this.#budget.spentUsd,
      stopped: this.stopped,
      prompt: promptIdentity(),
    };
  }
}
