import type { Channel } from '../options.ts';
import { composedCanarySeconds, type Plan } from '../plan.ts';
import { GENERATED, yamlText } from './yaml-text.ts';

const ABOUT = `${GENERATED}
The service with all that watches it. In this folder, write the secrets first (README.md says which), then:
GROUNDSPEED_COMMIT="$(git rev-parse HEAD)" docker compose up --build
Everything listens on this machine alone; Grafana is at http://localhost:3000, runbooks at http://localhost:8088.`;

const local = (port: number, inside = port) => `127.0.0.1:${port}:${inside}`;
const readOnly = (from: string, to: string) => `./${from}:${to}:ro`;
/** One file of secrets, that must be there: docker would else make a folder of its name, and start what reads it. */
const secretFile = (name: string, to: string) => ({
  type: 'bind',
  source: `./secrets/${name}`,
  target: to,
  read_only: true,
  bind: { create_host_path: false },
});

/** What each channel of Alertmanager reads. */
const SECRET_OF: Readonly<Record<Channel, string>> = {
  email: 'smtp_password',
  slack: 'slack_webhook_url',
  sms: 'sms_token',
};

const CHECKED_EACH = { interval: '10s', timeout: '5s', retries: 6 } as const;
/** Whether a page inside the container answers, asked by the wget of its busybox. */
const answering = (port: number, path: string) => ({
  test: ['CMD', 'wget', '-q', '-O', '/dev/null', `http://127.0.0.1:${port}${path}`],
  ...CHECKED_EACH,
});
const healthy = { condition: 'service_healthy' } as const;
/** Of what has nothing in its image that could ask it (Tempo), or may be ill without harm. */
const started = { condition: 'service_started' } as const;

/** Images are pinned to minor versions: what was checked stays what runs. */
export function composeFile(plan: Plan): string {
  return yamlText(ABOUT, {
    name: 'groundspeed',
    services: { ...service(plan), ...watchers(plan), ...viewers() },
    volumes: { index: null, 'prometheus-data': null, 'grafana-data': null, 'tempo-data': null },
    secrets: {
      api_token: { file: './secrets/api_token' },
      grafana_admin_password: { file: './secrets/grafana_admin_password' },
    },
  });
}

function service(plan: Plan): Record<string, unknown> {
  return {
    groundspeed: {
      build: {
        context: `\${GROUNDSPEED_SOURCE:-..}`,
        dockerfile: 'dashboards/Dockerfile',
        args: { GROUNDSPEED_COMMIT: `\${GROUNDSPEED_COMMIT:-}` },
      },
      environment: {
        REDIS_URL: 'redis://redis:6379',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://tempo:4318',
        OTEL_SERVICE_NAME: 'groundspeed',
        LOG_LEVEL: 'info',
      },
      // The token is read from its file when the service starts, so that it stands in no environment that docker shows.
      command: [
        'sh',
        '-c',
        `GROUNDSPEED_API_TOKEN="$$(cat /run/secrets/api_token)" exec node dist/cli/main.js serve --host 0.0.0.0 --port 8080 --set evaluation.canaryEverySeconds=${composedCanarySeconds(plan)}`,
      ],
      secrets: ['api_token'],
      ports: [local(8080)],
      volumes: ['index:/app/.groundspeed'],
      depends_on: { redis: healthy, tempo: started },
      // The first start builds the index.
      healthcheck: {
        test: [
          'CMD',
          'node',
          '-e',
          "fetch('http://127.0.0.1:8080/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))",
        ],
        ...CHECKED_EACH,
        start_period: '120s',
      },
      stop_grace_period: '30s',
      restart: 'unless-stopped',
    },
    redis: {
      image: 'redis:7.4-alpine',
      command: ['redis-server', '--save', '', '--maxmemory', '256mb', '--maxmemory-policy', 'allkeys-lru'],
      healthcheck: { test: ['CMD', 'redis-cli', 'ping'], ...CHECKED_EACH },
      restart: 'unless-stopped',
    },
  };
}

function watchers({ monitoring }: Plan): Record<string, unknown> {
  return {
    prometheus: {
      image: 'prom/prometheus:v3.5.0',
      command: [
        '--config.file=/etc/prometheus/prometheus.yml',
        '--storage.tsdb.retention.time=30d',
        '--enable-feature=exemplar-storage',
      ],
      volumes: [
        readOnly('prometheus/prometheus.yml', '/etc/prometheus/prometheus.yml'),
        readOnly('prometheus/rules', '/etc/prometheus/rules'),
        secretFile('api_token', '/etc/prometheus/secrets/api_token'),
        'prometheus-data:/prometheus',
      ],
      // Not on the service: whoever watches must be there while it is not.
      depends_on: { alertmanager: started },
      healthcheck: answering(9090, '/-/ready'),
      // A load generator on this machine is reached through it.
      extra_hosts: ['host.docker.internal:host-gateway'],
      ports: [local(9090)],
      restart: 'unless-stopped',
    },
    alertmanager: {
      image: 'prom/alertmanager:v0.28.1',
      command: ['--config.file=/etc/alertmanager/alertmanager.yml', '--storage.path=/alertmanager'],
      volumes: [
        readOnly('alertmanager/alertmanager.yml', '/etc/alertmanager/alertmanager.yml'),
        ...monitoring.channels.map((channel) =>
          secretFile(SECRET_OF[channel], `${monitoring.secretsDir}/${SECRET_OF[channel]}`),
        ),
      ],
      healthcheck: answering(9093, '/-/ready'),
      ports: [local(9093)],
      restart: 'unless-stopped',
    },
    tempo: {
      image: 'grafana/tempo:2.8.2',
      command: ['-config.file=/etc/tempo/tempo.yml'],
      volumes: [readOnly('tempo/tempo.yml', '/etc/tempo/tempo.yml'), 'tempo-data:/var/tempo'],
      ports: [local(4318)],
      restart: 'unless-stopped',
    },
  };
}

function viewers(): Record<string, unknown> {
  return {
    grafana: {
      image: 'grafana/grafana:12.1.1',
      environment: { GF_SECURITY_ADMIN_PASSWORD__FILE: '/run/secrets/grafana_admin_password' },
      secrets: ['grafana_admin_password'],
      volumes: [
        readOnly('grafana/provisioning', '/etc/grafana/provisioning'),
        readOnly('grafana/dashboards', '/var/lib/grafana/dashboards'),
        'grafana-data:/var/lib/grafana',
      ],
      depends_on: { prometheus: healthy, tempo: started },
      healthcheck: { ...answering(3000, '/api/health'), start_period: '60s' },
      ports: [local(3000)],
      restart: 'unless-stopped',
    },
    runbooks: {
      image: 'caddy:2.10-alpine',
      command: ['caddy', 'file-server', '--browse', '--root', '/runbooks', '--listen', ':8088'],
      volumes: [readOnly('runbooks', '/runbooks')],
      healthcheck: answering(8088, '/'),
      ports: [local(8088)],
      restart: 'unless-stopped',
    },
  };
}

/** Keeps traces for two days on its own disk; takes OTLP over HTTP. */
export function tempoConfig(): string {
  return yamlText(GENERATED, {
    server: { http_listen_port: 3200 },
    distributor: { receivers: { otlp: { protocols: { http: { endpoint: '0.0.0.0:4318' } } } } },
    compactor: { compaction: { block_retention: '48h' } },
    storage: {
      trace: { backend: 'local', local: { path: '/var/tempo/blocks' }, wal: { path: '/var/tempo/wal' } },
    },
  });
}

/** Built from the root of the project. Native packages are compiled in the first stage, and nothing compiles in the second. */
export function dockerfile(): string {
  return `# ${GENERATED}
FROM node:20.20-bookworm AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:20.20-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
COPY --from=build --chown=node:node /app/package.json ./package.json
COPY --from=build --chown=node:node /app/node_modules ./node_modules
COPY --from=build --chown=node:node /app/dist ./dist
COPY --from=build --chown=node:node /app/datasets ./datasets
RUN mkdir .groundspeed && chown node:node .groundspeed
# docker build --build-arg GROUNDSPEED_COMMIT="$(git rev-parse HEAD)": rag_build_info shows it.
ARG GROUNDSPEED_COMMIT=""
ENV GROUNDSPEED_COMMIT=$GROUNDSPEED_COMMIT
USER node
EXPOSE 8080
CMD ["node", "dist/cli/main.js", "serve"]
`;
}

/** What never gets into an image: what is built there anew, and above all the secrets. */
export function dockerIgnore(): string {
  const paths = [
    '.git',
    '.groundspeed',
    'dashboards/secrets',
    'dist',
    'node_modules',
    'reports',
    '**/.env',
    '**/*.log',
  ];
  return `# ${GENERATED}\n${paths.join('\n')}\n`;
}
