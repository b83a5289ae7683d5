import type { tracing as sdk } from '@opentelemetry/sdk-node';

/** Hands out ids that were made before the span they are for, and else new ones. */
export class PreparedIds implements sdk.IdGenerator {
  readonly #ids: sdk.IdGenerator;
  #next: { readonly traceId: string; readonly spanId: string } | undefined;

  constructor(ids: sdk.IdGenerator) {
    this.#ids = ids;
  }

  generateTraceId(): string {
    return this.#next?.traceId ?? this.#ids.generateTraceId();
  }

  generateSpanId(): string {
    return this.#next?.spanId ?? this.#ids.generateSpanId();
  }

  /** What is made in here, one span, has these ids. */
  within<T>(ids: { readonly traceId: string; readonly spanId: string }, make: () => T): T {
    this.#next = ids;
    try {
      return make();
    } finally {
      this.#next = undefined;
    }
  }
}
