import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/system/clock.ts';
import { telemetryOptions } from '../../../src/telemetry/options.ts';
import { tracesUrl } from '../../../src/telemetry/tracing/sdk.ts';
import { startTracing } from '../../../src/telemetry/tracing/tracing.ts';

/** Files of OpenTelemetry that this process has loaded. */
const loaded = (): string[] =>
  Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes('@opentelemetry'));

describe('tracing that is off', () => {
  it.each([{}, { endpoint: 'http://127.0.0.1:4318', disabled: true }])(
    'loads nothing: %j',
    async (settings) => {
      const before = loaded();
      const options = telemetryOptions.tracing.parse(settings);
      expect(
        await startTracing({ options, content: false, version: '1', clock: systemClock }),
      ).toBeUndefined();
      expect(loaded()).toEqual(before);
    },
  );

  it('costs no question anything: nothing follows promises through the process', () => {
    const root = new URL('../../../src', import.meta.url).pathname;
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    const following = files.filter((file) => readFileSync(join(root, file), 'utf8').includes('async_hooks'));
    expect(following).toEqual([]);
  });

  it('is what no file of the sources could undo by importing OpenTelemetry at its head', () => {
    const root = new URL('../../../src', import.meta.url).pathname;
    const heads = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) =>
        readFileSync(join(root, file), 'utf8')
          .split('\n')
          .filter((line) => /^(import|export)\b(?! type\b).*['"]@opentelemetry\//.test(line))
          .map((line) => `${file}: ${line}`),
      );
    expect(heads).toEqual([]);
  });
});

describe('settings', () => {
  it('take the base URL of a collector, or the whole path', () => {
    expect(tracesUrl('http://127.0.0.1:4318')).toBe('http://127.0.0.1:4318/v1/traces');
    expect(tracesUrl('https://collector.example.com/otlp/')).toBe(
      'https://collector.example.com/otlp/v1/traces',
    );
    expect(tracesUrl('http://127.0.0.1:4318/v1/traces')).toBe('http://127.0.0.1:4318/v1/traces');
  });

  it('refuse what is not there: gRPC, and a sampler without a meaning', () => {
    expect(telemetryOptions.tracing.safeParse({ protocol: 'grpc' }).success).toBe(false);
    expect(telemetryOptions.tracing.safeParse({ sampler: 'jaeger_remote' }).success).toBe(false);
    expect(telemetryOptions.tracing.parse({ sampleRatio: '0.5' }).sampleRatio).toBe(0.5);
  });
});
