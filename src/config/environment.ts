import { type Layer, mergeLayers, readSettings } from './layers.ts';
import { maskCredentials } from './redact.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface EnvironmentVariable {
  readonly name: string;
  /** The setting that it gives; undefined where it gives none. */
  readonly setting?: string;
  readonly description: string;
  /** The only value that is supported. */
  readonly only?: string;
}

/** The environment variables that are read, and no others. */
export const ENVIRONMENT: readonly EnvironmentVariable[] = [
  { name: 'RAG_CONFIG_PATH', description: 'Configuration file, JSON or YAML. `--config` overrules it.' },
  {
    name: 'OPENAI_API_KEY',
    setting: 'openai.apiKey',
    description: 'Key for OpenAI or a compatible service.',
  },
  { name: 'OPENAI_BASE_URL', setting: 'openai.baseUrl', description: 'Base URL of a compatible service.' },
  {
    name: 'GROUNDSPEED_JUDGE_API_KEY',
    setting: 'judge.apiKey',
    description: 'Key for the model that judges answers, where that is another service.',
  },
  {
    name: 'VECTOR_DB_URL',
    only: 'embedded',
    description: 'Vector database. This version knows `embedded` alone, the index in the process.',
  },
  {
    name: 'REDIS_URL',
    setting: 'caching.redisUrl',
    description: 'Redis for a cache that processes share; memory stands in while it is away.',
  },
  { name: 'DATABASE_URL', setting: 'store.url', description: 'Where the index is kept: `sqlite:///path`.' },
  {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    setting: 'tracing.endpoint',
    description: 'OpenTelemetry collector that traces are sent to; without it nothing is traced.',
  },
  {
    name: 'OTEL_EXPORTER_OTLP_PROTOCOL',
    setting: 'tracing.protocol',
    description: 'How spans are encoded: `http/protobuf` or `http/json`.',
  },
  {
    name: 'OTEL_TRACES_SAMPLER',
    setting: 'tracing.sampler',
    description: 'Which questions are traced: `parentbased_traceidratio`, say.',
  },
  {
    name: 'OTEL_TRACES_SAMPLER_ARG',
    setting: 'tracing.sampleRatio',
    description: 'Share of questions that are traced, from 0 to 1.',
  },
  {
    name: 'OTEL_SERVICE_NAME',
    setting: 'tracing.serviceName',
    description: 'What the service is called in traces.',
  },
  {
    name: 'OTEL_SDK_DISABLED',
    setting: 'tracing.disabled',
    description: 'Switches tracing off.',
  },
  {
    name: 'GROUNDSPEED_COMMIT',
    setting: 'telemetry.metrics.commit',
    description:
      'Commit of the source that runs, shown in `rag_build_info`; images have it from their build.',
  },
  { name: 'LOG_LEVEL', setting: 'log.level', description: 'Least urgent level that is still logged.' },
  {
    name: 'MAX_CONCURRENT_QUERIES',
    setting: 'limits.maxConcurrentQueries',
    description: 'Questions in flight at once.',
  },
  { name: 'ENABLE_CACHING', setting: 'caching.enabled', description: 'Switches every cache on or off.' },
  { name: 'CHUNK_SIZE', setting: 'chunking.size', description: 'Tokens in a chunk, at most.' },
  {
    name: 'CHUNK_OVERLAP',
    setting: 'chunking.overlap',
    description: 'Tokens that neighbouring chunks share.',
  },
  { name: 'MAX_CHUNKS', setting: 'retrieval.topK', description: 'Passages retrieved for an answer.' },
  {
    name: 'SIMILARITY_THRESHOLD',
    setting: 'retrieval.similarityThreshold',
    description: 'Cosine similarity below which a vector hit is dropped.',
  },
  {
    name: 'MAX_FILE_SIZE',
    setting: 'documents.maxFileSize',
    description: 'Largest file that is read, in bytes.',
  },
  {
    name: 'ALLOWED_EXTENSIONS',
    setting: 'documents.extensions',
    description: 'File name extensions that ingest reads, with commas.',
  },
  { name: 'HOST', setting: 'server.host', description: 'Address that the HTTP service listens on.' },
  {
    name: 'GROUNDSPEED_TARGET_URL',
    setting: 'target.url',
    description: 'Deployment that load, capacity and evaluate drive.',
  },
  {
    name: 'GROUNDSPEED_ALLOW_TARGETS',
    setting: 'load.allowTargets',
    description: 'Hosts beyond this machine that may be sent load, with commas.',
  },
  {
    name: 'GROUNDSPEED_API_TOKEN',
    setting: 'server.apiToken',
    description: 'Token that callers of the HTTP service must send.',
  },
  {
    name: 'GROUNDSPEED_PROMETHEUS_TOKEN',
    description: 'Token that `dashboards check --prometheus` sends (Authorization: Bearer …).',
  },
  { name: 'PORT', setting: 'server.port', description: 'Port that the HTTP service listens on.' },
  {
    name: 'CORS_ORIGINS',
    setting: 'server.corsOrigins',
    description: 'Origins whose pages may call the HTTP service, with commas.',
  },
];

/** The configuration file to read: the flag's, else that of RAG_CONFIG_PATH, else none. */
export function configPath(environment: Environment, flag?: string): string | undefined {
  return flag ?? given(environment, 'RAG_CONFIG_PATH');
}

/** The settings that the environment gives. An empty variable counts as unset. */
export function readEnvironment(environment: Environment): Layer {
  return mergeLayers(
    ENVIRONMENT.map(({ name, setting }) => {
      const value = given(environment, name);
      if (setting === undefined || value === undefined) return { given: [], problems: [] };
      return readSettings(value, setting.split('.'), () => ({ source: 'environment', label: name }));
    }),
  );
}

/** Variables that ask for what this version does not have: a line each. */
export function unsupportedVariables(environment: Environment): string[] {
  return ENVIRONMENT.flatMap(({ name, only }) => {
    const value = given(environment, name);
    if (only === undefined || value === undefined || value === only) return [];
    return [
      `${name}: must be ${only}, all that this version supports, but is ${JSON.stringify(maskCredentials(value))}; unset it or write ${name}=${only}`,
    ];
  });
}

function given(environment: Environment, name: string): string | undefined {
  return environment[name]?.trim() || undefined;
}
