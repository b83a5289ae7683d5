import type { tracing as sdk } from '@opentelemetry/sdk-node';

/** What became of recorded spans. Those that are neither exported nor dropped still wait. */
export interface SpanFigures {
  readonly ended: number;
  readonly exported: number;
  readonly dropped: { readonly queue_full: number; readonly export_failed: number };
}

type ExportDone = Parameters<sdk.SpanExporter['export']>[1];

/** Counts what an exporter is given, and what comes of it. */
export class CountingExporter implements sdk.SpanExporter {
  readonly #exporter: sdk.SpanExporter;
  given = 0;
  exported = 0;
  failed = 0;

  constructor(exporter: sdk.SpanExporter) {
    this.#exporter = exporter;
  }

  export(spans: sdk.ReadableSpan[], done: ExportDone): void {
    this.given += spans.length;
    this.#exporter.export(spans, (result) => {
      // ExportResultCode.SUCCESS, without loading what names it.
      if (result.code === 0) this.exported += spans.length;
      else this.failed += spans.length;
      done(result);
    });
  }

  async forceFlush(): Promise<void> {
    await this.#exporter.forceFlush?.();
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }
}

export interface CountingSetting {
  readonly processor: sdk.SpanProcessor;
  readonly exporter: CountingExporter;
  /** Spans that the processor holds, at most: past it, it drops them without a word. */
  readonly capacity: number;
}

/** Stands before a batch processor and drops in its place, so that the drops are counted. */
export class CountingProcessor implements sdk.SpanProcessor {
  readonly #setting: CountingSetting;
  #ended = 0;
  #passedOn = 0;
  #full = 0;
  #stopped = false;

  constructor(setting: CountingSetting) {
    this.#setting = setting;
  }

  figures(): SpanFigures {
    const { exporter } = this.#setting;
    return {
      ended: this.#ended,
      exported: exporter.exported,
      dropped: { queue_full: this.#full, export_failed: exporter.failed },
    };
  }

  onStart(...given: Parameters<sdk.SpanProcessor['onStart']>): void {
    this.#setting.processor.onStart(...given);
  }

  onEnd(span: sdk.ReadableSpan): void {
    const { processor, exporter, capacity } = this.#setting;
    this.#ended += 1;
    if (this.#stopped || this.#passedOn - exporter.given >= capacity) {
      this.#full += 1;
      return;
    }
    this.#passedOn += 1;
    processor.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.#setting.processor.forceFlush();
  }

  shutdown(): Promise<void> {
    this.#stopped = true;
    return this.#setting.processor.shutdown();
  }
}
