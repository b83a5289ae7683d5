import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readDrill } from '../../../src/experiments/drill/drill-file.ts';
import { PATTERN_NAMES, PATTERNS } from '../../../src/experiments/drill/patterns.ts';
import { parseShape } from '../../../src/load/shapes.ts';
import { parseMeasures } from '../../../src/measures/registry.ts';
import { resolve } from '../../config/resolving.ts';

const FOLDER = new URL('../../../bench/drills/', import.meta.url);
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml'));

const isMeasure = (name: string): boolean => {
  try {
    return parseMeasures([name]).length === 1;
  } catch {
    return false;
  }
};

const planOf = (file: string) =>
  readDrill({ path: file, text: readFileSync(new URL(file, FOLDER), 'utf8') }, isMeasure);

describe('the drills of the library', () => {
  it('are those that operators fear', () => {
    expect(FILES.map((file) => file.replace('.yaml', ''))).toEqual([
      'cold-start',
      'embedding-api-down',
      'llm-rate-limited',
      'llm-slow',
      'one-replica-sick',
      'poison-documents',
      'redis-lost',
      'retry-storm',
      'thundering-herd',
      'traffic-spike',
      'vector-index-corrupt',
    ]);
  });

  it.each(FILES)('%s can be read, bears the name of its file, and promises something', (file) => {
    const plan = planOf(file);
    expect(`${plan.name}.yaml`).toBe(file);
    expect(plan.promises.length).toBeGreaterThan(0);
    const { fromMs, toMs, durationMs } = plan.span;
    expect(toMs).toBeGreaterThan(fromMs);
    expect(toMs, 'something comes after').toBeLessThan(durationMs);
    if (plan.shape !== undefined) parseShape(plan.shape, { rate: plan.rate, durationMs });
  });

  it.each(FILES)('%s has settings that there are, with each of its patterns and without', (file) => {
    const { settings, ablate } = planOf(file);
    const assignments = (texts: readonly string[]) => texts.map((text) => ({ by: file, text }));
    resolve({ assignments: assignments(settings) });
    for (const pattern of ablate) {
      resolve({ assignments: assignments([...settings, ...PATTERNS[pattern]]) });
    }
  });

  it('take ten minutes together, at most', () => {
    const seconds = FILES.reduce((sum, file) => sum + planOf(file).durationMs / 1000 + 8, 0);
    expect(seconds).toBeLessThanOrEqual(600);
  });
});

describe('a pattern that is taken out', () => {
  it.each(PATTERN_NAMES)('is taken out whatever the file has set for single dependencies: %s', (pattern) => {
    const file =
      'resilience:\n  dependencies:\n    generator: { timeoutMs: 800, breaker: { failures: 3 }, bulkhead: { concurrent: 5 } }\n';
    const texts = PATTERNS[pattern];
    const { settings } = resolve({ file, assignments: texts.map((text) => ({ by: '--ablate', text })) });
    for (const text of texts) {
      const [path, wanted] = text.split('=') as [string, string];
      const value = path
        .split('.')
        .reduce<unknown>((group, name) => (group as Record<string, unknown>)[name], settings);
      expect(String(value), path).toBe(wanted);
    }
  });
});
