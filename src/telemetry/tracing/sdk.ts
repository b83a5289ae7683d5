import type { Context, Tracer, TracerProvider } from '@opentelemetry/api';
import type { tracing as sdk } from '@opentelemetry/sdk-node';
import type { TracingOptions } from '../options.ts';
import { CountingExporter, CountingProcessor, type SpanFigures } from './span-counts.ts';

/** OpenTelemetry's parts that spans are made with, loaded when somebody wants traces. */
export interface LoadedSdk {
  readonly api: typeof import('@opentelemetry/api');
  readonly tracer: Tracer;
  /** The caller's context out of a request's headers (W3C), or the root context. */
  contextOf(headers: Headers): Context;
  figures(): SpanFigures;
  /** Sends what waits, whatever comes of it. */
  flush(): Promise<void>;
  /** Sends what is left, as long as `tracing.flushMs` lasts. */
  stop(): Promise<void>;
}

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface SdkSetting {
  readonly options: TracingOptions & { readonly endpoint: string };
  readonly version: string;
  /** Hands out the ids of traces and spans; by default they are random. */
  readonly ids?: sdk.IdGenerator;
}

const BATCH = 512;
/** Milliseconds that spans wait for company. */
const BATCH_WAIT_MS = 1000;
const DEFAULT_RATIO = 0.1;

/**
 * Loads OpenTelemetry and gives a tracer of its own: nothing is registered globally, so that two services in one process
 * don't mix.
 */
export async function loadSdk({ options, version, ids }: SdkSetting): Promise<LoadedSdk> {
  const [{ api, core, tracing, resources }, exporter] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    openExporter(options),
  ]);
  const counted = new CountingExporter(exporter);
  const processor = new CountingProcessor({
    processor: new tracing.BatchSpanProcessor(counted, {
      maxQueueSize: options.maxQueuedSpans,
      maxExportBatchSize: BATCH,
      scheduledDelayMillis: BATCH_WAIT_MS,
      exportTimeoutMillis: options.exportTimeoutMs,
    }),
    exporter: counted,
    capacity: options.maxQueuedSpans,
  });
  const provider = new tracing.BasicTracerProvider({
    sampler: samplerOf(options, tracing),
    resource: resources
      .defaultResource()
      .merge(
        resources
          .resourceFromAttributes({ 'service.name': options.serviceName, 'service.version': version })
          .merge(resources.detectResources({ detectors: [resources.envDetector] })),
      ),
    spanProcessors: [processor],
    ...(ids && { idGenerator: ids }),
  });
  const propagator = new core.W3CTraceContextPropagator();
  return {
    api,
    tracer: (provider as TracerProvider).getTracer('groundspeed', version),
    contextOf: (headers) => propagator.extract(api.ROOT_CONTEXT, headers, api.defaultTextMapGetter),
    figures: () => processor.figures(),
    flush: () => within(options.exportTimeoutMs, processor.forceFlush()),
    stop: () => within(options.flushMs, provider.shutdown()),
  };
}

async function openExporter({
  endpoint,
  protocol,
  exportTimeoutMs,
}: SdkSetting['options']): Promise<sdk.SpanExporter> {
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  return new OTLPTraceExporter({ url: tracesUrl(endpoint), timeoutMillis: exportTimeoutMs });
}

/** OTLP's path below the base URL, unless it stands there already. */
export function tracesUrl(endpoint: string): string {
  const url = new URL(endpoint);
  if (!url.pathname.endsWith('/v1/traces')) url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`;
  return url.href;
}

function samplerOf({ sampler, sampleRatio }: TracingOptions, tracing: typeof sdk): sdk.Sampler {
  const { AlwaysOffSampler, AlwaysOnSampler, ParentBasedSampler, TraceIdRatioBasedSampler } = tracing;
  const ratio = new TraceIdRatioBasedSampler(sampleRatio ?? (sampler === undefined ? DEFAULT_RATIO : 1));
  switch (sampler) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return ratio;
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: new AlwaysOffSampler() });
    default:
      return new ParentBasedSampler({ root: ratio });
  }
}

/** Waits for work, but no longer than that; how it ends is not asked. */
async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work.catch(() => undefined), late]);
  clearTimeout(timer);
}
