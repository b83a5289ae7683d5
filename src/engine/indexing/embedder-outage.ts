import { GroundspeedError } from '../../kernel/errors.ts';
import type { DependencyHealth } from '../resilience/policy.ts';
import type { IngestRun } from './ingest-run.ts';

/** What an ingest knows of the embedder's breaker. */
export interface EmbedderBreaker {
  /** Undefined where nothing stands before the embedder. */
  readonly health?: (() => DependencyHealth) | undefined;
  /** Seconds for which it stays open, where its health does not tell. */
  readonly resetSeconds: number;
  /** So many resets an ingest waits for it, before it leaves the rest to the next ingest. */
  readonly waits: number;
}

/** The embedder was given up: what it was still to do is left for the next ingest. */
export class EmbedderOutage extends Error {
  /** `embedder: open` */
  readonly reason: string;

  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

/** How often a breaker is looked at again that should let a call through by now. */
const LOOK_AGAIN_MS = 1000;

/** Whether a call never reached the embedder: its breaker is open, or too many wait for it. That is no document's fault. */
export function wasSpared(thrown: unknown): thrown is GroundspeedError {
  return (
    thrown instanceof GroundspeedError &&
    (thrown.code === 'dependency.open' || thrown.code === 'dependency.busy')
  );
}

/**
 * Waits until the embedder answers a probe, at most `waits` resets of its breaker. Throws `EmbedderOutage` when that was
 * not enough, and whatever `isFatal` says is nobody's outage.
 */
export async function untilAvailable(
  spared: GroundspeedError,
  { breaker, run, probe }: { breaker: EmbedderBreaker; run: IngestRun; probe: () => Promise<void> },
): Promise<void> {
  const end = run.now() + breaker.waits * breaker.resetSeconds * 1000;
  let last = spared;
  for (;;) {
    const left = end - run.now();
    if (left <= 0) throw new EmbedderOutage(reasonOf(last));
    await run.wait(Math.min(left, openFor(breaker, last)));
    try {
      return await probe();
    } catch (thrown) {
      if (!isUnwell(thrown)) throw thrown;
      last = thrown;
    }
  }
}

/** Milliseconds until there is a chance. */
function openFor({ health, resetSeconds }: EmbedderBreaker, { code }: GroundspeedError): number {
  if (code !== 'dependency.open') return LOOK_AGAIN_MS;
  const known = health?.();
  if (known === undefined) return resetSeconds * 1000;
  return Math.max(LOOK_AGAIN_MS / 10, (known.opensInSeconds ?? LOOK_AGAIN_MS / 1000) * 1000);
}

/** A probe that fails while its breaker is half-open opens it again: the outage goes on. */
function isUnwell(thrown: unknown): thrown is GroundspeedError {
  return (
    thrown instanceof GroundspeedError &&
    (thrown.code.startsWith('dependency.') || thrown.code === 'embedding.failed')
  );
}

function reasonOf({ code }: GroundspeedError): string {
  return `embedder: ${code === 'dependency.busy' ? 'busy' : 'open'}`;
}
