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
    const mounts = Object.values<{ volumes?: (string | { source: string })[] }>(services)
      .flatMap(({ volumes = [] }) => volumes)
      .map((mount) => (typeof mount === 'string' ? mount.split(':')[0]! : mount.source))
      .filter((mount) => mount.startsWith('./'))
      .map((mount) => mount.slice(2));
    const known = [...files.keys(), 'runbooks/'];
    const secrets = ['api_token', 'slack_webhook_url', 'sms_token', 'smtp_password'];
    expect(
      mounts.filter((mount) => !known.some((path) => path === mount || path.startsWith(`${mount}/`))).sort(),
    ).toEqual(secrets.map((name) => `secrets/${name}`));
  });

  it('give Alertmanager the secrets of its channels alone, each a file that must be there', () => {
    const volumesOf = (settings: object) =>
      parse(buildFiles(planWith(settings as Record<string, unknown>)).get('compose.yml')!).services
        .alertmanager.volumes;
    const [, ...mounted] = volumesOf({ monitoring: { channels: ['slack'], secretsDir: '/run/own' } });
    expect(mounted).toEqual([
      {
        type: 'bind',
        source: './secrets/slack_webhook_url',
        target: '/run/own/slack_webhook_url',
        read_only: true,
        bind: { create_host_path: false },
      },
    ]);
    expect(volumesOf({})).toHaveLength(4);
  });

  it('wait for what they lean on to be healthy, and watch the service whether it is or not', () => {
    const { services } = yaml('compose.yml');
    // Nothing in Tempo's image could ask it.
    const unchecked = Object.keys(services).filter((name) => services[name].healthcheck === undefined);
    expect(unchecked).toEqual(['tempo']);
    expect(services.groundspeed.depends_on.redis).toEqual({ condition: 'service_healthy' });
    expect(services.grafana.depends_on.prometheus).toEqual({ condition: 'service_healthy' });
    expect(Object.keys(services.prometheus.depends_on)).toEqual(['alertmanager']);
    for (const [name, { depends_on = {} }] of Object.entries<{ depends_on?: object }>(services)) {
      for (const [on, { condition }] of Object.entries<{ condition: string }>({ ...depends_on })) {
        const checked = services[on].healthcheck !== undefined;
        expect(condition === 'service_healthy' ? checked : true, `${name} on ${on}`).toBe(true);
      }
    }
  });

  it('ask the service golden questions, as often as the alert expects', () => {
    const command = (settings: Record<string, unknown>): string =>
      parse(buildFiles(planWith(settings)).get('compose.yml')!).services.groundspeed.command[2];
    expect(command({})).toMatch(/ --set evaluation\.canaryEverySeconds=300$/);
    expect(command({ evaluation: { canaryEverySeconds: 120 } })).toMatch(/=120$/);
    expect(command({ alerts: { canaryIntervalSeconds: 600 } })).toMatch(/=600$/);
  });

  it('pin each image to a minor version', () => {
    const { services } = yaml('compose.yml');
    const images = Object.values<{ image?: string }>(services).flatMap(({ image = [] }) => image);
    const bases = [...files.get('Dockerfile')!.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image!);
    expect([...images, ...bases].filter((image) => !/:v?\d+\.\d+/.test(image))).toEqual([]);
    expect(bases).toHaveLength(2);
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
