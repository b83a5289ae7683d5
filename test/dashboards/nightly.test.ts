import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildFiles } from '../../src/dashboards/build.ts';
import { qualityDashboard } from '../../src/dashboards/grafana/quality-dashboard.ts';
import { NIGHTLY_METRICS } from '../../src/telemetry/catalogue/nightly.ts';
import { NIGHTLY_VERDICTS } from '../../src/telemetry/catalogue.ts';
import { planWith } from './plan.ts';

const row = qualityDashboard(planWith()).rows.find(({ title }) => title === 'Nightly runs')!;
const panel = (title: string) => row.panels.find((one) => one.title.startsWith(title))!;

describe('the nightly runs on the dashboard', () => {
  it('show every metric that is kept of them, and say that they need some', () => {
    const queries = row.panels.flatMap((one) => one.queries.map(({ expr }) => expr)).join('\n');
    for (const { name } of Object.values(NIGHTLY_METRICS)) expect(queries).toContain(`${name}{`);
    for (const { needs } of row.panels) expect(needs).toBe('nightly');
  });

  it('are a value a night, which no later night repeats', () => {
    for (const title of ['Right', 'Retrieval', 'Latency', 'Gate']) {
      const { interval, queries } = panel(`${title}, night by night`);
      expect(interval).toBe('1d');
      for (const { expr } of queries) {
        expect(expr).toMatch(/ and on \(dataset, command\) \(time\(\) - max .* < 86400\)$/);
      }
    }
  });

  it('are points, since a night alone makes no line', () => {
    const dashboard = JSON.parse(buildFiles(planWith()).get('grafana/dashboards/quality.json')!);
    const shown = new Map<string, string>(
      dashboard.panels.map((one: { title: string; fieldConfig?: { defaults?: { custom?: object } } }) => [
        one.title,
        (one.fieldConfig?.defaults?.custom as { showPoints?: string } | undefined)?.showPoints,
      ]),
    );
    expect(shown.get('Latency, night by night')).toBe('always');
    expect(shown.get('Golden recall')).toBe('never');
  });

  it('name every verdict that there is, and go red where the gate failed', () => {
    const { states = [], queries } = panel('Gate');
    expect(states.map(({ text }) => text).sort()).toEqual([...NIGHTLY_VERDICTS].sort());
    for (const { text, value } of states) {
      expect(queries[0]!.expr).toContain(`verdict="${text}"} * ${value}`);
    }
    expect(states.filter(({ colour }) => colour === 'red').map(({ text }) => text)).toEqual(['failed']);
  });
});

describe('the image', () => {
  it('has the commit of its source from a build argument, and from nothing else', () => {
    const files = buildFiles(planWith());
    const { services } = parse(files.get('compose.yml')!);
    expect(services.groundspeed.build.args).toEqual({ GROUNDSPEED_COMMIT: `\${GROUNDSPEED_COMMIT:-}` });
    const [, last] = files.get('Dockerfile')!.split(/^FROM .*-slim$/m);
    expect(last).toContain('ARG GROUNDSPEED_COMMIT=""\nENV GROUNDSPEED_COMMIT=$GROUNDSPEED_COMMIT\n');
    expect(last).not.toMatch(/^RUN .*git/m);
  });
});
