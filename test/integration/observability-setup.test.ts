import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { askSetup } from '../../src/cli/dashboards-setup.ts';
import { runCli } from '../../src/cli/program.ts';
import type { Finding } from '../../src/dashboards/check/finding.ts';
import { readRules } from '../../src/dashboards/check/rule-files.ts';
import { workFolder } from '../cli/cli.ts';
import { memoryWorld } from '../cli-unit/memory-world.ts';
import { type Alertmanager, startAlertmanager } from '../servers/alertmanager.ts';
import { type Prometheus, startPrometheus } from '../servers/prometheus.ts';
import { freePort, withoutPrograms } from '../servers/system-program.ts';

/*
 * What `dashboards check --prometheus` says of a real Prometheus and a real Alertmanager: one set up as it is written, one
 * without rules, service and Alertmanager. And which warnings the Alertmanager holds back while an instance is down.
 */

const ABSENT = withoutPrograms('prometheus', 'prometheus-alertmanager');
const work = workFolder();
const FOLDER = join(work.path, 'dashboards');
const ends: (() => Promise<unknown>)[] = [];
let alertmanager: Alertmanager;
let sound: Prometheus;
let broken: Prometheus;
/** Where nobody listens. */
let nowhere: string;

async function build(folder: string, settings: Readonly<Record<string, unknown>>): Promise<void> {
  const all = { 'monitoring.scrapeSeconds': 1, 'monitoring.tokenFile': '', ...settings };
  const assignments = Object.entries(all).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
  const world = memoryWorld(['dashboards', 'build', '--output', folder, ...assignments]);
  expect({ code: await runCli(world), err: world.err.text() }).toEqual({ code: 0, err: '' });
}

const isOfSetup = ({ rule }: Finding): boolean => /^live-(rule|target|alertmanager)/.test(rule);

/** What is found of the setup, for the rules of a folder. */
async function ask({ url }: Prometheus, folder = FOLDER) {
  const rules = ['alerts', 'recording'].flatMap((name) => {
    const file = `prometheus/rules/groundspeed.${name}.yml`;
    return readRules(file, readFileSync(join(folder, file), 'utf8')).rules;
  });
  const scraped = { job: 'groundspeed', instance: '.+', generatorJob: 'groundspeed-load' };
  return askSetup({ at: { url }, rules, ...scraped, without: new Set() });
}

beforeAll(async () => {
  if (ABSENT !== undefined) return;
  const service = createServer((_request, response) => void response.end('up_here 1\n')).listen(
    0,
    '127.0.0.1',
  );
  await once(service, 'listening');
  ends.push(async () => service.close());
  nowhere = `127.0.0.1:${await freePort()}`;
  const secrets = join(work.path, 'secrets');
  mkdirSync(secrets);
  writeFileSync(join(secrets, 'sms_token'), 'no-token');
  const here = `127.0.0.1:${(service.address() as AddressInfo).port}`;
  const settings = {
    'monitoring.services': here,
    'monitoring.channels': 'sms',
    'monitoring.smsUrl': `http://${nowhere}/`,
    'monitoring.secretsDir': secrets,
  };
  await build(FOLDER, settings);
  alertmanager = await startAlertmanager(join(FOLDER, 'alertmanager/alertmanager.yml'));
  ends.push(() => alertmanager.stop());
  await build(FOLDER, { ...settings, 'monitoring.alertmanagers': alertmanager.address });
  const config = readFileSync(join(FOLDER, 'prometheus/prometheus.yml'), 'utf8');
  const without = join(FOLDER, 'prometheus/broken.yml');
  writeFileSync(
    without,
    config
      .replace(/rule_files:\n.*\n/, '')
      .replace(here, nowhere)
      .replace(alertmanager.address, nowhere),
  );
  sound = await startPrometheus(join(FOLDER, 'prometheus/prometheus.yml'));
  ends.push(() => sound.stop());
  broken = await startPrometheus(without);
  ends.push(() => broken.stop());
  const evaluated = async () => (await sound.rules()).every(({ health }) => health === 'ok');
  const scraped = async (one: Prometheus) =>
    (await one.targets()).some(({ labels, health }) => labels.job === 'groundspeed' && health !== 'unknown');
  await vi.waitFor(
    async () =>
      expect([await evaluated(), await scraped(sound), await scraped(broken)]).toEqual([true, true, true]),
    { timeout: 30_000, interval: 100 },
  );
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
  work.remove();
});

describe.skipIf(ABSENT !== undefined)(`a check of a setup (${ABSENT ?? 'Prometheus, Alertmanager'})`, () => {
  it('finds nothing where rules, targets and Alertmanager are as they are written', async () => {
    const argv = ['dashboards', 'check', '--output', FOLDER, '--prometheus', sound.url, '--json'];
    const world = memoryWorld(argv);
    expect(await runCli(world)).toBe(4); // its panels have no data
    const { setup, findings } = JSON.parse(world.out.text());
    expect(findings.filter(isOfSetup)).toEqual([]);
    expect(setup.rules.healthy).toBe(setup.rules.expected);
    expect(setup.rules.expected).toBeGreaterThan(50);
    expect(setup.targets).toEqual({ targets: 1, up: 1 });
    expect(setup.alertmanagers).toMatchObject([{ reachable: true }]);
  });

  it('says what is missing, and what to do, where nothing is', async () => {
    const { setup, findings } = await ask(broken);
    expect(findings).toMatchObject([
      { rule: 'live-rule-missing', message: expect.stringContaining('rule_files') },
      { rule: 'live-target-down', message: expect.stringMatching(/refused.*monitoring\.services/) },
      { rule: 'live-alertmanager-down', message: expect.stringContaining(nowhere) },
    ]);
    expect(setup.targets).toEqual({ targets: 1, up: 0 });
  });

  it('tells rules of before a change from those of the files', async () => {
    const changed = join(work.path, 'changed');
    await build(changed, { 'monitoring.services': 'x:1', 'alerts.errorRate': 0.1 });
    const { findings } = await ask(sound, changed);
    expect(findings).toMatchObject([{ rule: 'live-rule-differs', alert: 'RagHighErrorRate' }]);
  });
});

describe.skipIf(ABSENT !== undefined)(`while an instance is down (${ABSENT ?? 'Alertmanager'})`, () => {
  it("its own warnings and those of its job are held back, and no other instance's", async () => {
    const alert = (alertname: string, severity: string, more: object = {}) => ({
      labels: { alertname, severity, job: 'rag', ...more },
    });
    const posted = [
      alert('RagDown', 'critical', { instance: 'a' }),
      alert('RagMemoryHigh', 'warning', { instance: 'a' }),
      alert('RagMemoryHigh', 'warning', { instance: 'b' }),
      alert('RagLatencyP95High', 'warning'),
      alert('RagErrorBudgetBurn', 'info'),
      alert('RagHighErrorRate', 'critical'),
      alert('RagShedding', 'warning', { job: 'another' }),
      alert('RagTargetMissing', 'critical', { job: 'lost' }),
      alert('RagMemoryHigh', 'warning', { job: 'lost', instance: 'c' }),
    ];
    const sent = await fetch(`http://${alertmanager.address}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(posted),
    });
    expect(sent.status).toBe(200);
    const suppressed = async () =>
      (await alertmanager.alerts())
        .filter(({ status }) => status.state === 'suppressed')
        .map(({ labels }) => [labels.alertname, labels.job, labels.instance].join(' ').trim())
        .sort();
    await expect
      .poll(suppressed, { timeout: 30_000 })
      .toEqual([
        'RagErrorBudgetBurn rag',
        'RagLatencyP95High rag',
        'RagMemoryHigh lost c',
        'RagMemoryHigh rag a',
      ]);
  });
});
