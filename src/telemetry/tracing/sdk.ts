import type { Context, Span, SpanOptions, Tracer, TracerProvider } from '@opentelemetry/api';
import type { tracing as sdk } from '@opentelemetry/sdk-node';
import type { TracingOptions } from '../options.ts';
import { createLater } from './later.ts';
import { PreparedIds } from './prepared-ids.ts';
import { RootSamples } from './root-samples.ts';
import { ratioOf } from './sampled-share.ts';
import { CountingExporter, CountingProcessor, type SpanFigures } from './span-counts.ts';
import type { TraceIds } from './trace-ids.ts';

/** OpenTelemetry's parts that spans are made with, loaded when somebody wants traces. */
export interface LoadedSdk {
  readonly api: typeof import('@opentelemetry/api');
  readonly tracer: Tracer;
  /** Ids of a question, and whether its spans are to be kept, before any span is made. `parent`: whose trace it goes on with. */
  sample(parent: Context | undefined): TraceIds;
  /** A span under ids that were handed out before it. */
  startAs(ids: Pick<TraceIds, 'traceId' | 'spanId'>, name: string, options: SpanOptions & Below): Span;
  /** Does work when no question waits for it. */
  later(work: () => void): void;
  /** The caller's context out of a request's headers (W3C), or the root context. */
  contextOf(headers: Headers): Context;
  figures(): SpanFigures;
  /** Sends what waits, whatever comes of it. */
  flush(): Promise<void>;
  /** Sends what is left, as long as `tracing.flushMs` lasts. */
  stop(): Promise<void>;
}

export const ROOT_SPAN = 'rag.query';

interface Below {
  /** Whose trace it goes on with; by default it begins one. */
  readonly parent?: Context | undefined;
}

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface SdkSetting {
  readonly options: TracingOptions & { readonly endpoint: string };
  readonly version: string;
}

const BATCH = 512;
/** Milliseconds that spans wait for company. */
const BATCH_WAIT_MS = 1000;

/**
 * Loads OpenTelemetry and gives a tracer of its own: nothing is registered globally, so that two services in one process
 * don't mix.
 */
export async function loadSdk({ options, version }: SdkSetting): Promise<LoadedSdk> {
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
  const random = new tracing.RandomIdGenerator();
  const prepared = new PreparedIds(random);
  const sampler = samplerOf(options, tracing);
  const later = createLater();
  const provider = new tracing.BasicTracerProvider({
    sampler,
    resource: resources
      .defaultResource()
      .merge(
        resources
          .resourceFromAttributes({ 'service.name': options.serviceName, 'service.version': version })
          .merge(resources.detectResources({ detectors: [resources.envDetector] })),
      ),
    spanProcessors: [processor],
    idGenerator: prepared,
  });
  const propagator = new core.W3CTraceContextPropagator();
  const tracer = (provider as TracerProvider).getTracer('groundspeed', version);
  const draw = (parent: Context): TraceIds => {
    const above = api.trace.getSpanContext(parent);
    const goesOn = above !== undefined && api.isSpanContextValid(above);
    const traceId = goesOn ? above.traceId : random.generateTraceId();
    const { decision } = sampler.shouldSample(parent, traceId, ROOT_SPAN, api.SpanKind.INTERNAL, {}, []);
    const sampled = decision === api.SamplingDecision.RECORD_AND_SAMPLED;
    return { traceId, spanId: random.generateSpanId(), sampled };
  };
  const roots = new RootSamples(
    () => draw(api.ROOT_CONTEXT),
    (work) => later.put(work),
  );
  return {
    api,
    tracer,
    sample: (parent = api.ROOT_CONTEXT) => (parent === api.ROOT_CONTEXT ? roots.next() : draw(parent)),
    startAs: (ids, name, { parent = api.ROOT_CONTEXT, ...options }) =>
      prepared.within(ids, () => tracer.startSpan(name, options, parent)),
    later: (work) => later.put(work),
    contextOf: (headers) => propagator.extract(api.ROOT_CONTEXT, headers, api.defaultTextMapGetter),
    figures: () => processor.figures(),
    flush() {
      later.finish();
      return within(options.exportTimeoutMs, processor.forceFlush());
    },
    stop() {
      later.finish();
      return within(options.flushMs, provider.shutdown());
    },
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

function samplerOf(options: TracingOptions, tracing: typeof sdk): sdk.Sampler {
  const { AlwaysOffSampler, AlwaysOnSampler, ParentBasedSampler, TraceIdRatioBasedSampler } = tracing;
  const ratio = new TraceIdRatioBasedSampler(ratioOf(options));
  switch (options.sampler) {
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
