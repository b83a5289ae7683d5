import { statfs } from 'node:fs/promises';
import type { ComponentHealth } from './component.ts';
import type { HealthCheck, StandingCheck } from './standing-check.ts';

const MEBIBYTE = 2 ** 20;
/** Below so much free space, an ingest is likely to fail; below the least, it fails. */
const SCARCE = { bytes: 1024 * MEBIBYTE, share: 0.05 };
const LEAST_BYTES = 32 * MEBIBYTE;

/** How much room there is for the index. */
export function checkDisk(path: string): HealthCheck {
  return async () => {
    const { bavail, blocks, bsize } = await statfs(path);
    return { free_bytes: bavail * bsize, total_bytes: blocks * bsize };
  };
}

/** What a look at the disk says. A full one keeps nothing from being answered, so that it is nobody's reason not to be asked. */
export function diskHealth({
  end,
  runs,
  errors,
}: Pick<StandingCheck, 'end' | 'runs' | 'errors'>): ComponentHealth {
  const free = Number(end?.facts.free_bytes ?? Number.POSITIVE_INFINITY);
  const total = Number(end?.facts.total_bytes ?? Number.POSITIVE_INFINITY);
  const isScarce = free < SCARCE.bytes && free < SCARCE.share * total;
  const status =
    free < LEAST_BYTES ? 'unhealthy' : isScarce || end?.failure !== undefined ? 'degraded' : 'healthy';
  return {
    status,
    response_ms: end?.tookMs ?? null,
    calls: runs,
    errors,
    last_check: end === undefined ? null : new Date(end.at).toISOString(),
    details: { ...end?.facts, ...(end?.failure && { reason: end.failure.code }) },
  };
}
