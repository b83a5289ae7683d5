import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildFiles } from '../../src/dashboards/build.ts';
import { planWith } from './plan.ts';

const files = buildFiles(planWith());
const yaml = (path: string) => parse(files.get(path)!);

describe('the files', () => {
  it('are the same each time', () => expect(buildFiles(planWith())).toEqual(files));

  it('hold no secret, and name files for each', () => {
    const { global, receivers } = yaml('alertmanager/alertmanager.yml');
    expect(global.smtp_auth_password_file).toBe('/etc/alertmanager/secrets/smtp_password');
    expect(Object.keys(global)).not.toContain('smtp_auth_password');
    const slack = receivers.find(({ name }: { name: string }) => name === 'critical').slack_configs[0];
    expect(slack.api_url_file).toBe('/etc/alertmanager/secrets/slack_webhook_url');
    expect(slack.api_url).toBeUndefined();
    expect(yaml('prometheus/prometheus.yml').scrape_configs[0].authorization.credentials_file).toBe(
      '/etc/prometheus/secrets/api_token',
    );
  });

  it('scrape without a token where the service asks for none', () => {
    const plan = planWith({ monitoring: { tokenFile: '', services: ['127.0.0.1:8080'] } });
    const [scrape] = parse(buildFiles(plan).get('prometheus/prometheus.yml')!).scrape_configs;
    expect(scrape).toEqual({ job_name: 'groundspeed', static_configs: [{ targets: ['127.0.0.1:8080'] }] });
  });

  it('send every severity somewhere, whatever the channels', () => {
    const plan = planWith({ monitoring: { channels: ['sms'], smsUrl: 'http://127.0.0.1:9/alerts' } });
    const { receivers, global } = parse(buildFiles(plan).get('alertmanager/alertmanager.yml')!);
    expect(receivers.map((receiver: object) => Object.keys(receiver))).toEqual(
      Array(3).fill(['name', 'webhook_configs']),
    );
    expect(global).toBeUndefined();
  });

  it('wake nobody for what can wait: a severity whose channels are not used takes the quietest that is', () => {
    const plan = planWith({ monitoring: { channels: ['sms', 'slack'] } });
    const { receivers } = parse(buildFiles(plan).get('alertmanager/alertmanager.yml')!);
    const channels = Object.fromEntries(
      receivers.map(({ name, ...rest }: { name: string }) => [name, Object.keys(rest).sort()]),
    );
    expect(channels).toEqual({
      critical: ['slack_configs', 'webhook_configs'],
      warning: ['slack_configs'],
      info: ['slack_configs'],
    });
  });

  it('start the service, what it leans on, and all that watches it', () => {
    const { services, secrets } = yaml('compose.yml');
    expect(Object.keys(services)).toEqual([
      'groundspeed',
      'redis',
      'prometheus',
      'alertmanager',
      'tempo',
      'grafana',
      'runbooks',
    ]);
    expect(services.groundspeed.environment.OTEL_EXPORTER_OTLP_ENDPOINT).toBe('http://tempo:4318');
    // What is published is published to this machine alone.
    const ports = Object.values<{ ports?: string[] }>(services).flatMap(({ ports = [] }) => ports);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    expect(Object.keys(secrets)).toEqual(['api_token', 'grafana_admin_password']);
  });

  it('mount only what is written, or comes by hand', () => {
    const { services } = yaml('compose.yml');
    const mounts = Object.values<{ volumes?: string[] }>(services)
      .flatMap(({ volumes = [] }) => volumes)
      .filter((mount) => mount.startsWith('./'))
      .map((mount) => mount.split(':')[0]!.slice(2));
    const known = [...files.keys(), 'runbooks/', 'secrets/api_token'];
    expect(
      mounts.filter((mount) => !known.some((path) => path === mount || path.startsWith(`${mount}/`))),
    ).toEqual([]);
  });

  it('lead from exemplars to traces', () => {
    const [prometheus, tempo] = yaml('grafana/provisioning/datasources/groundspeed.yml').datasources;
    expect(prometheus.jsonData.exemplarTraceIdDestinations).toEqual([
      { name: 'trace_id', datasourceUid: tempo.uid },
    ]);
  });
});

describe('the committed files', () => {
  it('have a runbook for each alert that can be had', () => {
    const plan = planWith({ alerts: { ingestIntervalSeconds: 3600 } });
    const { groups } = parse(buildFiles(plan).get('prometheus/rules/groundspeed.alerts.yml')!);
    const alerts = new Set<string>(groups[0].rules.map(({ alert }: { alert: string }) => alert));
    const runbooks = readdirSync('dashboards/runbooks').map((name) => name.replace(/\.md$/, ''));
    expect(new Set(runbooks)).toEqual(alerts);
  });

  it('have runbooks whose links lead to runbooks', () => {
    const names = readdirSync('dashboards/runbooks');
    const links = names.flatMap((name) =>
      [...readFileSync(`dashboards/runbooks/${name}`, 'utf8').matchAll(/\]\(([^)]+)\)/g)].map(
        ([, to]) => to!,
      ),
    );
    expect(links.filter((link) => !names.includes(link))).toEqual([]);
  });
});
