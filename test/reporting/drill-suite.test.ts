import { describe, expect, it } from 'vitest';
import { drillSuite, drillsSuite } from '../../src/reporting/drill-suite.ts';
import { renderJUnit } from '../../src/reporting/junit.ts';
import { sampleDrill } from './sample-drill.ts';
import { HOSTILE } from './sample-questions.ts';
import { sampleRun } from './sample-record.ts';
import { parseXml } from './xml.ts';

const failed = sampleDrill({ verdict: 'FAIL' }).record;

describe('a drill as test cases', () => {
  it('is one case a promise: FAIL a failure, INCONCLUSIVE skipped with its reason', () => {
    const { name, cases } = drillSuite(failed);
    expect(name).toBe('groundspeed drill embedding-api-down');
    expect(cases).toHaveLength(failed.drill!.promises.length);
    failed.drill!.promises.forEach(({ verdict }, index) => {
      expect(cases[index]!.failure !== undefined).toBe(verdict === 'FAIL');
      expect(cases[index]!.skipped !== undefined).toBe(verdict === 'INCONCLUSIVE');
    });
    const broken = cases.find(({ failure }) => failure !== undefined)!;
    expect(broken).toMatchObject({
      name: 'right >= 0.9x before, during',
      classname: 'drill embedding-api-down',
      failure: { message: 'right >= 0.9x before, during: observed 41.2 %' },
    });
    expect(broken.failure!.details).toContain('bound: ≥ 70.21 %');
    expect(cases.find(({ skipped }) => skipped !== undefined)!.skipped).toBe(
      'inconclusive: no breaker opened',
    );
  });

  it('is well-formed XML with right counts, whatever its texts say', () => {
    const promises = HOSTILE.map((text, index) => ({
      ...failed.drill!.promises[0]!,
      text,
      verdict: (['FAIL', 'INCONCLUSIVE'] as const)[index % 2]!,
      reason: text,
    }));
    const hostile = { ...failed, drill: { ...failed.drill!, title: HOSTILE[0]!, promises } };
    const [suite] = parseXml(renderJUnit([drillSuite(hostile)])).children;
    expect(suite!.attributes).toMatchObject({ tests: '10', failures: '5', skipped: '5' });
  });

  it('gives promises that are written twice names of their own', () => {
    const [promise] = failed.drill!.promises;
    const twice = { ...failed, drill: { ...failed.drill!, promises: [promise!, promise!] } };
    expect(drillSuite(twice).cases.map(({ name }) => name)).toEqual([
      'availability >= 99.9% during',
      'availability >= 99.9% during (2)',
    ]);
  });

  it('says that nothing was promised, or that it was interrupted', () => {
    const bare = { ...failed, drill: { ...failed.drill!, promises: [] } };
    expect(drillSuite(bare).cases).toMatchObject([{ name: 'verdict', skipped: 'nothing was promised' }]);
    expect(drillSuite({ ...failed, complete: false }).cases.at(-1)).toMatchObject({
      name: 'verdict',
      skipped: 'the drill was interrupted',
    });
    expect(drillSuite(sampleRun().record).cases).toEqual([]);
  });

  it('is a suite each of several, and one that could not be run is skipped', () => {
    const suites = drillsSuite(
      [failed, sampleDrill().record],
      [{ name: 'redis-lost', why: 'no redis-server' }],
    );
    expect(suites.map(({ cases }) => cases.length)).toEqual([5, 3, 1]);
    expect(suites.at(-1)!.cases[0]!.skipped).toBe('not run: no redis-server');
  });
});
