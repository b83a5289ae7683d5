import type { Clock } from '../kernel/clock.ts';
import { milliseconds } from '../kernel/units.ts';
import { type Asked, askOnce } from '../load/ask-once.ts';
import type { Target } from '../load/target.ts';
import { nextTurn } from '../system/clock.ts';
import type { ExperimentEvent } from './events.ts';

export interface AskAllOptions {
  /** Of the part, for progress. */
  readonly name: string;
  readonly clock: Clock;
  /** Patience with one question. */
  readonly timeoutMs: number;
  /** Whether the target may use its caches. */
  readonly cache: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent: (event: ExperimentEvent) => void;
}

export interface AskedQuestion {
  readonly asked: Asked;
  /** From the asking to the end, in milliseconds. */
  readonly latency: number;
}

/** Milliseconds after which progress is told, and the event loop turned over: a target in this process may never do so by itself. */
const TURN = 100;

/**
 * Asks every question once, one after the other, and sees each to its end. Interrupted, it gives those that had ended,
 * which are the first ones.
 */
export async function askAll(
  questions: readonly string[],
  target: Target,
  { name, clock, timeoutMs, cache, signal, onEvent }: AskAllOptions,
): Promise<AskedQuestion[]> {
  const ended: AskedQuestion[] = [];
  const tell = (): void =>
    onEvent({ type: 'part.progress', name, done: ended.length, total: questions.length, unit: 'questions' });
  let turned = clock.now();
  for (const [question, text] of questions.entries()) {
    const start = clock.now();
    const patience = { clock, timeout: milliseconds(timeoutMs), signal };
    const asked = await askOnce(target, { question, text, cache }, patience);
    if (asked.outcome === 'interrupted') break;
    const now = clock.now();
    ended.push({ asked, latency: now - start });
    if (now - turned < TURN) continue;
    tell();
    await nextTurn();
    turned = clock.now();
  }
  tell();
  return ended;
}
