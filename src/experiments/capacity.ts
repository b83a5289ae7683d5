import { GroundspeedError } from '../kernel/errors.ts';
import type { Slo } from '../objectives/slo.ts';
import type { CapacityRecord } from '../records/schema.ts';
import type { Probe } from './capacity/probe.ts';
import { findCapacity } from './capacity/search.ts';
import { sweepRates } from './capacity/sweep.ts';
import { SessionPort } from './capacity-port.ts';
import { capacityRecord, sweepRecord } from './capacity-record.ts';
import { recordHeader } from './header.ts';
import { LoadSession, measuresOf } from './load.ts';
import { inFlightCap, type LoadSetup } from './load-setup.ts';
import { openTarget } from './open-target.ts';
import { Parts } from './parts.ts';
import { askFirst } from './preflight.ts';
import type { RunResult } from './setup.ts';

export interface CapacityWishes {
  /** Counted seconds of a run; by default as the SLO needs. */
  readonly probeSeconds?: number | undefined;
  /** Drives rates all along the curve instead of searching. */
  readonly sweep: boolean;
}

/** Nobody knows the rate beforehand: as many in flight as one of this rate could leave within a timeout. */
const RATE_FOR_ROOM = 1000;

/**
 * Finds the highest rate at which a target holds an SLO, or drives the whole curve. Interrupted, it keeps the probes that were
 * made. Rejects before any load where the target cannot be reached, fails the first question, or does not return what
 * the SLO is about; with `usage.argument` where a search has no SLO to search by.
 */
export async function runCapacity(setup: LoadSetup, wishes: CapacityWishes): Promise<RunResult> {
  const { rules, clock, signal, onEvent } = setup;
  const start = clock.now();
  const header = recordHeader(setup, 'capacity');
  const slo = wishes.sweep ? rules.slo : requiredSlo(rules.slo);
  const parts = new Parts(2, onEvent);
  const opened = await parts.run('target', async () => {
    const connecting = { connections: inFlightCap(rules, RATE_FOR_ROOM), timeout: rules.timeout };
    const target = await openTarget(setup, connecting);
    return [target, target.summary];
  });
  try {
    const searched = await parts.run('capacity', async () => {
      await askFirst(setup, opened.target);
      const measures = measuresOf(setup, opened);
      const session = new LoadSession(setup, opened, { fastest: RATE_FOR_ROOM, measures });
      const port = new SessionPort(session);
      const capacity = wishes.sweep
        ? await sweep(port, setup, { slo, probeSeconds: wishes.probeSeconds })
        : await search(port, setup, { slo: slo!, probeSeconds: wishes.probeSeconds });
      const maximum = maximumOf(capacity);
      return [{ capacity, result: session.result(port.phases, { maximum }) }, inWords(capacity)];
    });
    const { load, requests, questions, responses, notes } = searched.result;
    return {
      record: {
        ...header,
        index: opened.index,
        ingest: opened.ingest,
        load,
        capacity: searched.capacity,
        questions,
        responses,
        notes,
        complete: signal?.aborted !== true,
        durationMs: clock.now() - start,
      },
      requests,
    };
  } finally {
    await opened.close();
  }
}

function requiredSlo(slo: Slo | undefined): Slo {
  if (slo !== undefined && slo.clauses.length > 0) return slo;
  throw new GroundspeedError('usage.argument', 'A capacity is the highest rate at which something holds', {
    where: '--slo',
    hint: 'Say what: --slo "p95 < 200ms, error < 1%", or --sweep for the whole curve.',
  });
}

interface Searching<S extends Slo | undefined> {
  readonly slo: S;
  readonly probeSeconds: number | undefined;
}

async function search(
  port: SessionPort,
  { rules, onEvent }: LoadSetup,
  { slo, probeSeconds }: Searching<Slo>,
): Promise<CapacityRecord> {
  const result = await findCapacity(port, {
    clauses: slo.clauses,
    ...(probeSeconds !== undefined && { probeSeconds }),
    ...(rules.maxRate !== undefined && { maxRate: rules.maxRate }),
    onProbe: (probe) => onEvent({ type: 'part.noted', name: 'capacity', text: probeInWords(probe) }),
  });
  return capacityRecord(slo, result);
}

async function sweep(
  port: SessionPort,
  { rules, onEvent }: LoadSetup,
  { slo, probeSeconds }: Searching<Slo | undefined>,
): Promise<CapacityRecord> {
  const result = await sweepRates(port, {
    clauses: slo?.clauses ?? [],
    probeSeconds,
    maxRate: rules.maxRate,
    onProbe: (probe) => onEvent({ type: 'part.noted', name: 'capacity', text: probeInWords(probe) }),
  });
  return sweepRecord(slo, result);
}

function probeInWords({ name, rate, verdict, clauses, failures }: Probe): string {
  const said = { PASS: 'holds', FAIL: 'fails', INCONCLUSIVE: 'undecided' }[verdict];
  const why = failures.length === 0 ? '' : ` (${failures.map(({ text }) => text).join('; ')})`;
  return `${name}: ${Number(rate.toPrecision(3))}/s${clauses.length === 0 ? '' : ` ${said}${why}`}`;
}

function maximumOf({ probes, maximum }: CapacityRecord) {
  const best = probes.find(({ step, achievedRate }) => step === 'closed' && achievedRate === maximum);
  return best === undefined || maximum === null
    ? null
    : { concurrency: best.concurrency!, ratePerSecond: maximum };
}

function inWords({ ratePerSecond, atLeast, probes }: CapacityRecord): string {
  const open = probes.filter(({ step }) => step !== 'closed').length;
  if (ratePerSecond === null) return `${open} probes`;
  const [low, high] = ratePerSecond.map((rate) => Number(rate.toPrecision(3)));
  return `${atLeast ? `at least ${low}` : `${low} to ${high}`} requests/s, by ${open} probes`;
}
