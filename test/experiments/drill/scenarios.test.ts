import { describe, expect, it } from 'vitest';
import {
  happeningsIn,
  SCENARIOS,
  type Scenario,
  scenarioFor,
} from '../../../src/experiments/drill/scenarios.ts';
import { parseFaults } from '../../../src/faults/parse.ts';
import { pointAt } from '../../../src/objectives/fault.ts';
import { nearest } from '../../../src/text/nearest.ts';

const faultsOf = (text: string) => parseFaults(text, { where: '--fault', suggest: nearest, point: pointAt });

describe('the scenario of faults of one’s own', () => {
  it.each([
    ['embedder: timeout', 'ask'],
    ['process: jump +1h at 1s; cache: empty', 'ask'],
    ['process: memory 20MB', 'ask'],
    ['disk: full', 'ingest'],
    ['disk: full; embedder: timeout', 'ingest'],
    ['process: kill at 2s', 'serve'],
    ['process: hang from 2s to 3s; http: reset 5%', 'serve'],
    ['process: kill at 2s; embedder: timeout', undefined],
    ['http: reset; disk: full', undefined],
  ])('%s', (text, scenario) => {
    expect(scenarioFor(faultsOf(text))).toBe(scenario);
  });
});

describe('what a scenario does by itself', () => {
  const plan = (scenario: Scenario, shape?: string) => ({
    scenario,
    shape,
    span: { fromMs: 2000, toMs: 5000, durationMs: 9000 },
  });

  it('is told with its window, and nothing where nothing happens', () => {
    const told = SCENARIOS.map((scenario) => happeningsIn(plan(scenario)).map(({ target }) => target));
    expect(told).toEqual([[], ['documents'], ['redis'], [], ['process']]);
    expect(happeningsIn(plan('serve', 'spike:100%,500%@2s+3s'))).toEqual([
      { text: 'load: spike:100%,500%@2s+3s', target: 'load', kind: 'shape', fromMs: 2000, toMs: 5000 },
    ]);
  });
});
