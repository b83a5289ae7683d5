import { z } from 'zod';

/** The most urgent first. A log holds its level and those above. */
const LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

const number = z.coerce.number();
const boolean = z.union([
  z.boolean(),
  z
    .enum(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'])
    .transform((word) => ['true', '1', 'yes', 'on'].includes(word)),
]);

export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** A list, or one with commas. */
const bounds = z.union([
  z.array(number.gt(0)),
  z
    .string()
    .transform((list) => list.split(',').flatMap((item) => (item.trim() === '' ? [] : Number(item))))
    .pipe(z.array(z.number().gt(0))),
]);

/** Metrics for Prometheus. */
const metrics = z.strictObject({
  enabled: boolean.default(true).describe('Whether the service counts, and answers /metrics.'),
  latencySeconds: bounds
    .default([])
    .describe(
      "Thresholds of latency SLOs, in seconds: each becomes a boundary of the histograms' buckets, so that it is counted and not estimated. Those of the metric catalogue are there anyway.",
    )
    .meta({ examples: [[0.3, 1.5]] }),
  firstTokenSeconds: bounds
    .default([])
    .describe('The same of the time to the first token.')
    .meta({ examples: [[0.3]] }),
  commit: z
    .string()
    .regex(/^[\w.-]{1,64}$/, { error: 'must be 1 to 64 letters, digits, or . _ -' })
    .optional()
    .describe(
      'Commit of the source that runs, as rag_build_info shows it. The image of dashboards/Dockerfile has it from its build argument GROUNDSPEED_COMMIT; nothing is asked of git.',
    )
    .meta({ examples: ['3f2a9c1'] }),
});

/** Spans of OpenTelemetry. Headers for the collector come from OTEL_EXPORTER_OTLP_HEADERS alone: they hold keys. */
const tracing = z.strictObject({
  endpoint: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'Base URL of an OpenTelemetry collector that speaks OTLP over HTTP. Without it nothing is traced, and no OpenTelemetry is loaded.',
    )
    .meta({ examples: ['http://127.0.0.1:4318'] }),
  disabled: boolean.default(false).describe('Switches tracing off where an endpoint is set.'),
  protocol: z
    .enum(['http/protobuf', 'http/json'])
    .default('http/protobuf')
    .describe('How spans are encoded.'),
  sampler: z
    .enum(SAMPLERS)
    .optional()
    .describe(
      'Which questions are traced, in the words of OTEL_TRACES_SAMPLER. By default parentbased_traceidratio: as the caller has decided, else sampleRatio of them.',
    ),
  sampleRatio: number
    .min(0)
    .max(1)
    .optional()
    .describe(
      'Share of questions that are traced, for the samplers that take one. By default 0.1; 1 where sampler is given.',
    ),
  serviceName: z.string().min(1).default('groundspeed').describe('What the service is called in traces.'),
  documents: boolean
    .default(false)
    .describe('Whether spans tell the ids of the retrieved documents, and their scores.'),
  maxQueuedSpans: number
    .int()
    .min(512)
    .max(1_000_000)
    .default(16_384)
    .describe('Spans that wait to be sent, at most; past it they are dropped and counted.'),
  exportTimeoutMs: number
    .int()
    .min(1)
    .max(600_000)
    .default(5_000)
    .describe('Milliseconds that sending a batch may take.'),
  flushMs: number
    .int()
    .min(0)
    .max(600_000)
    .default(5_000)
    .describe('Milliseconds that sending what is left may take when the process ends.'),
});

/** What is told about the process while it runs. */
export const telemetryOptions = {
  log: z
    .strictObject({
      level: z
        .enum(LEVELS)
        .default('warn')
        .describe(
          'Least urgent level that is still logged. The HTTP service writes JSON lines to stderr: from info on one for each request, never with what was asked or answered.',
        ),
    })
    .prefault({}),
  telemetry: z
    .strictObject({
      content: boolean
        .default(false)
        .describe(
          'Whether logs and spans may hold text: the first 100 characters of questions, answers and what errors say. Otherwise they hold lengths and hashes.',
        ),
      metrics: metrics.prefault({}),
    })
    .prefault({}),
  tracing: tracing.prefault({}),
} as const;

export type MetricsOptions = z.infer<typeof metrics>;
export type TracingOptions = z.infer<typeof tracing>;
