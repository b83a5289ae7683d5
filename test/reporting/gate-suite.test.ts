import { describe, expect, it } from 'vitest';
import { gateSuite } from '../../src/reporting/gate-suite.ts';
import { renderJUnit } from '../../src/reporting/junit.ts';
import { sampleGate } from './sample-gate.ts';
import { sampleRun } from './sample-record.ts';
import { parseXml } from './xml.ts';

const record = sampleGate();

describe('a gate as test cases', () => {
  it('is one case a row: FAIL a failure, INCONCLUSIVE skipped with its reason', () => {
    const { name, cases } = gateSuite(record);
    expect(name).toBe('groundspeed gate against git:main');
    expect(cases).toHaveLength(record.gate!.rows.length);
    record.gate!.rows.forEach(({ verdict }, index) => {
      expect(cases[index]!.failure !== undefined).toBe(verdict === 'FAIL');
      expect(cases[index]!.skipped !== undefined).toBe(verdict === 'INCONCLUSIVE');
    });
    const p95 = cases.find(({ failure }) => failure?.message.startsWith('p95'))!;
    expect(p95).toMatchObject({ name: 'p95', classname: 'gate speed' });
    expect(p95.failure!.details.split('\n')).toEqual([
      'p95: Slower by 21.3 %, more than the 10 % that matter, in both batches.',
      'confirmed by a second batch',
      'baseline: 41.2 ms',
      'candidate: 49.9 ms',
      'loss: +21.3 %',
      'interval: +13.7 to +30.0 %',
      'δ: 10 %',
      'adjusted p: < 0.001',
      'of: 30 pairs',
      'moved: rerank: 3.2 ms to 5.1 ms, +60.2 %; <script>alert(1)</script>: 0.8 ms to 0.9 ms',
    ]);
    expect(cases.find(({ name: one }) => one === 'p99')!.skipped).toMatch(/^inconclusive: The loss may be/);
  });

  it('is well-formed XML with right counts, whatever its texts say', () => {
    const root = parseXml(renderJUnit([gateSuite(record)]));
    expect(root.name).toBe('testsuites');
    const [suite] = root.children;
    expect(suite!.attributes).toMatchObject({ tests: '11', failures: '4', skipped: '1', errors: '0' });
    expect(suite!.children.every(({ name }) => name === 'testcase')).toBe(true);
    for (const { attributes } of suite!.children)
      expect(Object.keys(attributes)).toEqual(['name', 'classname', 'time']);
    const names = suite!.children.map(({ attributes }) => `${attributes.classname}/${attributes.name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('bears a verdict that no row explains in a case of its own', () => {
    const { rows } = sampleGate({ verdict: 'PASS' }).gate!;
    const open = gateSuite(sampleGate({ verdict: 'INCONCLUSIVE', gate: { rows } })).cases.at(-1);
    expect(open).toMatchObject({ name: 'verdict', skipped: 'Undecided: no verdict was earned' });
    const failed = gateSuite(sampleGate({ gate: { rows, verdict: 'FAIL' } })).cases.at(-1);
    expect(failed!.failure!.message).toBe('It got worse');
    expect(gateSuite(sampleRun().record).cases).toEqual([]);
  });
});
