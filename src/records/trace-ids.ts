import { sha256 } from '../kernel/digest.ts';

/**
 * Which requests of a phase were traced, and under which ids: both follow from the phase's key and what the columns hold of a
 * request, so that no column of ids is kept. The key is drawn anew in each run.
 */
export interface PhaseTracing {
  /** 16 hexadecimal digits or more. */
  readonly key: string;
  /** Of the requests, from 0 to 1. */
  readonly share: number;
}

/** What tells a request of a phase from the others. */
export interface TracedRequest {
  /** Index into the questions. */
  readonly question: number;
  /** Milliseconds since the phase began. */
  readonly due: number;
}

/** W3C Trace Context: ids in hexadecimal, of 16 and of 8 bytes. */
export interface RequestTrace {
  readonly traceId: string;
  /** Of the generator's own span. */
  readonly spanId: string;
}

const bits = new DataView(new ArrayBuffer(8));

/** The trace that a request began; undefined for one that was not sampled. */
export function requestTrace(
  { key, share }: PhaseTracing,
  { question, due }: TracedRequest,
): RequestTrace | undefined {
  bits.setFloat64(0, due);
  const [high, low] = [bits.getUint32(0), bits.getUint32(4)];
  const seed = Number.parseInt(key.slice(0, 8), 16);
  if (mixed(mixed(mixed(seed ^ high) ^ low) ^ question) >= share * 2 ** 32) return undefined;
  const digest = sha256(`${key}/${question}/${high}/${low}`);
  return { traceId: digest.slice(0, 32), spanId: digest.slice(32, 48) };
}

/** As the header `traceparent` carries it: version 00, sampled. */
export const traceparent = ({ traceId, spanId }: RequestTrace): string => `00-${traceId}-${spanId}-01`;

/** The finaliser of MurmurHash3, on 32 bits: each bit of the result depends on each bit that went in. */
function mixed(value: number): number {
  let z = value;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}
