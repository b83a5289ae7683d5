import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import { cli, workFolder } from '../cli/cli.ts';
import { type Serving, send, startServe } from '../cli/serving.ts';
import { memoryWorld } from '../cli-unit/memory-world.ts';
import { type Alertmanager, startAlertmanager } from '../servers/alertmanager.ts';
import { type Prometheus, startPrometheus } from '../servers/prometheus.ts';
import { freePort, pause, withoutPrograms } from '../servers/system-program.ts';
import { type Notified, startWebhookReceiver, type WebhookReceiver } from '../servers/webhook-receiver.ts';
import { readExposition, valueIn } from '../telemetry/exposition.ts';

/*
 * Alerts from end to end: a real service, a real Prometheus with the rules as `dashboards build` writes them, a real Alertmanager
 * with its configuration as it is written too, and whoever it wakes. Windows and `for` are a fiftieth of theirs (--time-scale).
 */

const ABSENT = withoutPrograms('prometheus', 'prometheus-alertmanager');
const TIME_SCALE = 0.02;
const SMS_TOKEN = 'token-of-the-gateway';
/** Seconds between two runs of the canary: it is stale after three of them. */
const CANARY_INTERVAL = 3;
const work = workFolder();
const ends: (() => Promise<unknown>)[] = [];
let webhook: WebhookReceiver;
let alertmanager: Alertmanager;

beforeAll(async () => {
  if (ABSENT !== undefined) return;
  webhook = await startWebhookReceiver(SMS_TOKEN);
  ends.push(() => webhook.close());
  const secrets = join(work.path, 'secrets');
  mkdirSync(secrets);
  writeFileSync(join(secrets, 'sms_token'), SMS_TOKEN);
  writeFileSync(join(secrets, 'slack_webhook_url'), webhook.slackUrl);
  const folder = await build('alertmanager', {});
  alertmanager = await startAlertmanager(join(folder, 'alertmanager/alertmanager.yml'));
  ends.push(() => alertmanager.stop());
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
  work.remove();
});

/** Writes the files as a user does, and gives their folder. */
async function build(
  job: string,
  settings: Readonly<Record<string, unknown>>,
  timeScale = TIME_SCALE,
): Promise<string> {
  const folder = join(work.path, job);
  const all = {
    'monitoring.job': job,
    'monitoring.scrapeSeconds': 1,
    'monitoring.tokenFile': '',
    'monitoring.channels': 'sms,slack',
    'monitoring.secretsDir': join(work.path, 'secrets'),
    'monitoring.smsUrl': webhook.smsUrl,
    'monitoring.alertmanagers': alertmanager?.address ?? '',
    'monitoring.generators': '',
    'alerts.canaryIntervalSeconds': CANARY_INTERVAL,
    ...settings,
  };
  const assignments = Object.entries(all).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
  const argv = ['dashboards', 'build', '--output', folder, '--time-scale', String(timeScale), ...assignments];
  const world = memoryWorld(argv);
  expect({ code: await runCli(world), err: world.err.text() }).toEqual({ code: 0, err: '' });
  return folder;
}

/** A service with an index of its own, since one process at a time may hold it: by job, so that it is found again. */
async function serve(
  job: string,
  argv: readonly string[],
  settings: Readonly<Record<string, unknown>> = {},
): Promise<Serving> {
  const assignments = Object.entries(settings).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
  const cwd = join(work.path, `${job}-home`);
  mkdirSync(cwd, { recursive: true });
  const service = await startServe([...argv, ...assignments], { cwd });
  ends.push(() => service.stop('SIGKILL'));
  return service;
}

async function watch(
  job: string,
  settings: Readonly<Record<string, unknown>>,
  timeScale?: number,
): Promise<Prometheus> {
  const folder = await build(job, settings, timeScale);
  const prometheus = await startPrometheus(join(folder, 'prometheus/prometheus.yml'));
  ends.push(() => prometheus.stop());
  return prometheus;
}

/** Series that have no value, or none that is a number. */
async function withoutData(prometheus: Prometheus, names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(names.map((name) => prometheus.query(name)));
  return names.filter(
    (_name, index) => !found[index]!.some(({ value: [, number] }) => !Number.isNaN(Number(number))),
  );
}

const toldOf = (alert: string): Notified[] => webhook.notified.filter((one) => one.alert === alert);
/** What was last told of an alert; another job's is left aside where the channel tells whose it is. */
const lastOf = (alert: string, channel: Notified['channel'], job: string): Notified['status'] | undefined =>
  toldOf(alert).findLast((one) => one.channel === channel && isOf(one, job))?.status;
const isOf = ({ alert, job, text }: Notified, wanted: string): boolean =>
  // Slack's title does not tell whose it is; of canaries, which two services have, the summary does.
  alert === 'RagCanaryStale' ? text.includes(`canary of ${wanted}`) : (job ?? wanted) === wanted;

/** Waits until it is so; says what was meant where it never is. */
async function until(what: string, so: () => boolean | Promise<boolean>, patienceMs = 60_000): Promise<void> {
  for (const from = performance.now(); !(await so()); await pause(100)) {
    if (performance.now() - from > patienceMs)
      throw new Error(
        `never: ${what}; told: ${JSON.stringify(webhook.notified.map(({ text, ...one }) => one))}`,
      );
  }
}

/** Critical alerts wake somebody (SMS) and are shown to all (Slack); warnings are only shown. */
async function seenToFire(job: string, alert: string, severity: 'critical' | 'warning'): Promise<void> {
  const channels = severity === 'critical' ? (['sms', 'slack'] as const) : (['slack'] as const);
  for (const channel of channels)
    await until(`${alert} fires by ${channel}`, () => lastOf(alert, channel, job) === 'firing');
  for (const one of toldOf(alert)) {
    expect(one.severity).toBe(severity);
    expect(one.text).toContain(`/${alert}.md`);
    expect(one.text).not.toContain('<no value>');
  }
  expect(webhook.refused).toEqual([]);
  const waking = webhook.notified.filter(({ channel }) => channel === 'sms');
  expect(waking.filter((one) => one.severity !== 'critical')).toEqual([]);
}

async function seenToEnd(job: string, alert: string, severity: 'critical' | 'warning'): Promise<void> {
  const channel = severity === 'critical' ? 'sms' : 'slack';
  await until(`${alert} ends`, () => lastOf(alert, channel, job) === 'resolved');
}

/** Asks so many questions a second until it is stopped, however long each takes. */
function drive({ url }: Serving, rate: number): () => void {
  let asked = 0;
  const timer = setInterval(() => {
    asked += 1;
    const query = `What is the general emergency signal on board? ${asked}`;
    send(`${url}/api/query`, { query }).catch(() => undefined);
  }, 1000 / rate);
  return () => clearInterval(timer);
}

async function figure({ url }: Serving, name: string): Promise<number> {
  return valueIn(readExposition((await send(`${url}/metrics`)).body), name)!;
}

/** Has golden questions asked of a service until somebody stops it, as a crash does. */
function startCanary({ url, port }: Serving): () => Promise<unknown> {
  const cwd = join(work.path, `canary-home-${port}`);
  mkdirSync(cwd, { recursive: true });
  let stop = (): void => undefined;
  const argv = ['--target', `${url}/api/query`, '--preset', 'groundspeed', '--questions', '3'];
  const ended = cli(['canary', ...argv, '--every', `${CANARY_INTERVAL}s`], {
    cwd,
    onStart: (child) => {
      stop = () => void child.kill('SIGKILL');
    },
  });
  const end = (): Promise<unknown> => {
    stop();
    return ended;
  };
  ends.push(end);
  return end;
}

describe.skipIf(ABSENT !== undefined).concurrent(`alerts (${ABSENT ?? 'from end to end'})`, () => {
  it('of errors and slow answers fire while it is so, and end afterwards', async () => {
    const faults = 'generator: error 30% to 16s; generator: latency 5500ms 40% to 16s';
    const service = await serve('faulty', ['--drill', '--drill-faults', faults], {
      'caching.enabled': false,
      'degradation.enabled': false,
      'resilience.breaker.enabled': false,
      'resilience.queries.retries': 0,
    });
    const stop = drive(service, 25);
    ends.push(async () => stop());
    const prometheus = await watch('faulty', { 'monitoring.services': `127.0.0.1:${service.port}` });
    await Promise.all([
      seenToFire('faulty', 'RagHighErrorRate', 'critical'),
      seenToFire('faulty', 'RagLatencyP95High', 'warning'),
    ]);
    // While questions are asked, every recorded series has data: of all windows, both objectives.
    const rules = readFileSync(join(work.path, 'faulty/prometheus/rules/groundspeed.recording.yml'), 'utf8');
    const recorded = [...rules.matchAll(/record: (\S+)/g)].map(([, name]) => name!);
    expect(recorded.length).toBeGreaterThan(30);
    await until('all is recorded', async () => (await withoutData(prometheus, recorded)).length === 0);
    await Promise.all([
      seenToEnd('faulty', 'RagHighErrorRate', 'critical'),
      seenToEnd('faulty', 'RagLatencyP95High', 'warning'),
    ]);
    stop();
  });

  it('of memory fires while too much is held, and ends with the process that held it', async () => {
    const held = 5e8;
    const port = await freePort();
    const at = ['--port', String(port)];
    const hungry = await serve('hungry', [...at, '--drill', '--drill-faults', `process: memory ${held}B`]);
    // The whole memory of the machine is too much to take: the threshold comes down to what is held.
    const limit = await figure(hungry, 'rag_memory_limit_bytes');
    // So that nobody takes a quick restart for an outage, which would silence the warning, time is scaled down by less.
    const prometheus = await watch(
      'hungry',
      { 'monitoring.services': `127.0.0.1:${port}`, 'alerts.memoryRatio': held / limit },
      0.05,
    );
    await seenToFire('hungry', 'RagMemoryHigh', 'warning');
    await hungry.stop('SIGKILL');
    await serve('hungry', at);
    const lean = `process_resident_memory_bytes{job="hungry"} < ${held}`;
    await until('its successor is scraped', async () => (await prometheus.query(lean)).length > 0);
    await seenToEnd('hungry', 'RagMemoryHigh', 'warning');
  });

  it('of a service that is down wakes somebody, and silences warnings meanwhile: of a stale canary here', async () => {
    const first = await serve('leaving', []);
    const killCanary = startCanary(first);
    const prometheus = await watch('leaving', {
      'monitoring.services': `127.0.0.1:${first.port}`,
    });
    const sees = (expression: string) => async () => (await prometheus.query(expression)).length > 0;
    await until('the canary is seen', sees('rag_eval_last_success_timestamp_seconds'));
    await until('the service is seen', sees(`up{instance="127.0.0.1:${first.port}"} == 1`));
    await until('nothing is wrong', async () => (await prometheus.alerts()).length === 0);
    await killCanary();
    await first.stop('SIGKILL');
    await seenToFire('leaving', 'RagDown', 'critical');
    const held = async () =>
      (await alertmanager.alerts()).find(
        ({ labels }) => labels.alertname === 'RagCanaryStale' && labels.job === 'leaving',
      );
    await until('the stale canary is inhibited', async () => (await held())?.status.state === 'suppressed');
    expect((await held())!.status.inhibitedBy).toHaveLength(1);
    expect(toldOf('RagCanaryStale').filter((one) => isOf(one, 'leaving'))).toEqual([]);
    const second = await serve('leaving', ['--port', String(first.port)]);
    await seenToEnd('leaving', 'RagDown', 'critical');
    await seenToFire('leaving', 'RagCanaryStale', 'warning');
    startCanary(second);
    await seenToEnd('leaving', 'RagCanaryStale', 'warning');
  });

  it('of a canary that dies while its service lives fires, and ends when golden questions are asked again', async () => {
    const service = await serve('asked', []);
    const stopCanary = startCanary(service);
    const prometheus = await watch('asked', {
      'monitoring.services': `127.0.0.1:${service.port}`,
      'alerts.canaryExpected': true,
    });
    const seen = 'rag_eval_last_success_timestamp_seconds{job="asked"}';
    await until('the canary is seen', async () => (await prometheus.query(seen)).length > 0);
    await stopCanary();
    const told = () => toldOf('RagCanaryStale').filter((one) => isOf(one, 'asked'));
    await until('RagCanaryStale fires by slack', () => told().at(-1)?.status === 'firing');
    expect(await prometheus.query('up{job="asked"} == 1')).toHaveLength(1);
    expect((await prometheus.alerts()).map(({ labels }) => labels.alertname)).toEqual(['RagCanaryStale']);
    startCanary(service);
    await until('RagCanaryStale ends', () => told().at(-1)?.status === 'resolved');
  });

  it('of a service that keeps restarting wakes somebody', async () => {
    const port = await freePort();
    let service = await serve('restarting', ['--port', String(port)]);
    const prometheus = await watch('restarting', { 'monitoring.services': `127.0.0.1:${port}` });
    const started = async () =>
      Number((await prometheus.query('process_start_time_seconds{job="restarting"}'))[0]?.value[1] ?? 0);
    await until('it is scraped', async () => (await started()) > 0);
    for (let restarts = 0; restarts < 3; restarts += 1) {
      const before = await started();
      await service.stop('SIGKILL');
      service = await serve('restarting', ['--port', String(port)]);
      await until('it is scraped again', async () => (await started()) > before);
      if (restarts < 2) expect(toldOf('RagRestarting')).toEqual([]);
    }
    await seenToFire('restarting', 'RagRestarting', 'critical');
    await seenToEnd('restarting', 'RagRestarting', 'critical');
  });
});
