import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CATALOGUE, type MetricSpec } from '../../src/telemetry/catalogue.ts';
import { OTHER_NAMES } from '../../src/telemetry/other-names.ts';
import { metricReference } from '../../src/telemetry/reference.ts';

const specs = Object.values<MetricSpec>(CATALOGUE);
const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');

describe('the page of all metrics', () => {
  it('is what the catalogue says: docs/metrics.md is fresh', () => {
    expect(page).toBe(metricReference());
  });

  it('has a row for every metric, with its labels', () => {
    for (const { name, labels } of specs) {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
      for (const label of Object.keys(labels)) expect(row, name).toContain(`\`${label}\``);
    }
  });

  it('keeps every table in shape: as many cells in each row as in its head', () => {
    let cells = 0;
    for (const line of page.split('\n')) {
      const bars = line.startsWith('|') ? line.replaceAll('\\|', '').split('|').length : 0;
      if (cells > 0 && bars > 0) expect(bars, line).toBe(cells);
      cells = bars;
    }
  });
});

describe('names from elsewhere', () => {
  it('map to metrics and label values that there are', () => {
    for (const { ours } of OTHER_NAMES) {
      const found = [
        ...ours.replace(/by \([^)]*\)/g, '').matchAll(/\b(?:rag|gen_ai|process)_[a-z_]+(?=[\s){[]|$)/g),
      ].map(([name]) => name);
      const metrics = found.map((name) =>
        specs.find((spec) => spec.name === name || name.replace(/_(bucket|sum|count)$/, '') === spec.name),
      );
      expect(metrics.length, ours).toBeGreaterThan(0);
      expect(metrics, ours).not.toContain(undefined);
      for (const [, label, values] of ours.matchAll(/(\w+)=~?"([^"]+)"/g)) {
        const allowed = metrics[0]!.labels[label!];
        for (const value of values!.split('|')) expect(allowed, ours).toContain(value);
      }
    }
  });

  it('hold those that were asked for', () => {
    const theirs = OTHER_NAMES.flatMap((one) => one.theirs.split(', '));
    for (const name of [
      'rag_requests_success_total',
      'rag_requests_error_total',
      'rag_response_time_seconds',
    ])
      expect(theirs).toContain(name);
    expect(theirs.filter((name) => name.startsWith('system_')).length).toBeGreaterThan(3);
  });
});
