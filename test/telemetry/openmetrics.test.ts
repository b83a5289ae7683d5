import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderMetrics } from '../../src/telemetry/merge.ts';
import { formatFor, writeExposition } from '../../src/telemetry/openmetrics.ts';
import { createMetrics } from '../../src/telemetry/registry.ts';

const BUILD = { version: '1.2.3', nodeVersion: 'v20' };
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PROMETHEUS =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

describe('the format of an exposition', () => {
  it.each([
    [undefined, 'text'],
    ['', 'text'],
    ['*/*', 'text'],
    ['text/plain', 'text'],
    ['application/openmetrics-text', 'openmetrics'],
    ['Application/OpenMetrics-Text; version=1.0.0, text/plain;q=0.5', 'openmetrics'],
    [PROMETHEUS, 'openmetrics'],
    ['application/openmetrics-text;q=0.2, text/plain', 'text'],
    ['application/openmetrics-text;q=0', 'text'],
    ['application/openmetrics-text;q=what', 'text'],
    [`${'x,'.repeat(100_000)}application/openmetrics-text`, 'text'],
  ] as const)('for Accept %.60s is %s', (accept, format) => {
    expect(formatFor(accept)).toBe(format);
  });
});

describe('OpenMetrics', () => {
  it('names the family of a counter without _total, shows exemplars, and ends in EOF', async () => {
    const metrics = createMetrics(BUILD);
    metrics.queries.inc({ outcome: 'answered' });
    metrics.queryDuration.observe({ outcome: 'answered', cache: 'miss' }, 0.07, TRACE);
    metrics.queryDuration.observe({ outcome: 'answered', cache: 'miss' }, 99, TRACE);
    const text = await renderMetrics([await metrics.snapshot()], 'openmetrics');
    expect(text).toContain('# TYPE rag_queries counter\nrag_queries_total{outcome="answered"} 1\n');
    const exemplars = text.split('\n').filter((line) => line.includes(' # {'));
    expect(exemplars).toHaveLength(2);
    expect(exemplars[0]).toMatch(
      new RegExp(
        `^rag_query_duration_seconds_bucket\\{le="0.1".*\\} 1 # \\{trace_id="${TRACE}"\\} 0.07 \\d+\\.?\\d*$`,
      ),
    );
    expect(exemplars[1]).toMatch(/le="\+Inf".* 99 \d/);
    expect(text.endsWith('\n# EOF\n')).toBe(true);
    expect(text).not.toContain('\n\n');
  });

  it('has no exemplars in the text format, nor where several processes add up', async () => {
    const one = createMetrics(BUILD);
    one.queryDuration.observe({ outcome: 'answered', cache: 'miss' }, 0.07, TRACE);
    const snapshot = await one.snapshot();
    expect(await renderMetrics([snapshot], 'text')).not.toContain(TRACE);
    const both = await renderMetrics([snapshot, await createMetrics(BUILD).snapshot()], 'openmetrics');
    expect(both).not.toContain(TRACE);
    expect(both).toContain('rag_query_duration_seconds_count{outcome="answered",cache="miss"} 1\n');
  });

  it('takes no trace id that is too long, and none that is left out', async () => {
    const metrics = createMetrics(BUILD);
    metrics.queryDuration.observe({ outcome: 'answered', cache: 'miss' }, 0.07, 'f'.repeat(10_000));
    metrics.queryDuration.observe({ outcome: 'answered', cache: 'miss' }, 0.07);
    const text = await renderMetrics([await metrics.snapshot()], 'openmetrics');
    expect(text).not.toContain(' # {');
    expect(text).toContain('rag_query_duration_seconds_count{outcome="answered",cache="miss"} 2\n');
  });
});

describe('label values', () => {
  it('keep their quotes, line feeds and backslashes, each escaped (property)', () => {
    const unescaped = (text: string): string =>
      text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('"', '\\', '\n', 'n', 'é', '{', '}', ',', ' ') }),
        (value) => {
          const metric = { name: 'a', type: 'gauge', help: value, aggregator: 'max' } as const;
          for (const format of ['text', 'openmetrics'] as const) {
            const text = writeExposition(
              [{ ...metric, values: [{ value: 1, labels: { l: value } }] }],
              format,
            );
            const lines = text.split('\n');
            expect(lines).toHaveLength(format === 'text' ? 4 : 5);
            const [, escaped] = /^a\{l="((?:[^"\\]|\\["\\n])*)"\} 1$/.exec(lines[2]!) ?? [];
            expect(unescaped(escaped!)).toBe(value);
            expect(unescaped(lines[0]!.slice('# HELP a '.length))).toBe(value);
          }
        },
      ),
    );
  });

  it('write numbers as both formats read them', () => {
    const values = [Number.NaN, Infinity, -Infinity, 0.1, 1e21].map((value, l) => ({ value, labels: { l } }));
    const text = writeExposition(
      [{ name: 'a', type: 'gauge', help: 'A.', aggregator: 'sum', values }],
      'text',
    );
    expect(text.match(/(?<=\} ).*/g)).toEqual(['NaN', '+Inf', '-Inf', '0.1', '1e+21']);
  });
});
