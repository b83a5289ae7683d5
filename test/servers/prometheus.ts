import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startProgram } from './system-program.ts';

/** A series of an instant query; its value as Prometheus writes it. */
export interface PromSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

export interface PromAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}

export interface PromExemplars {
  readonly seriesLabels: Readonly<Record<string, string>>;
  readonly exemplars: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly value: string;
  }[];
}

export interface PromTarget {
  readonly labels: Readonly<Record<string, string>>;
  readonly health: string;
  readonly lastError: string;
}

/** A rule, and what evaluating it last failed with. */
export interface PromRule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
}

export interface Prometheus {
  readonly url: string;
  query(expression: string): Promise<PromSeries[]>;
  alerts(): Promise<PromAlert[]>;
  targets(): Promise<PromTarget[]>;
  rules(): Promise<PromRule[]>;
  /** Of the last ten minutes. */
  exemplars(expression: string): Promise<PromExemplars[]>;
  stop(): Promise<void>;
}

/** A real Prometheus on this machine, with a configuration file and a storage of its own, that keeps exemplars. */
export async function startPrometheus(config: string): Promise<Prometheus> {
  const storage = mkdtempSync(join(tmpdir(), 'groundspeed-prometheus-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const clear = (): void => rmSync(storage, { recursive: true, force: true });
  const args = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${storage}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--enable-feature=exemplar-storage',
    '--log.level=warn',
  ];
  const program = await startProgram('prometheus', args, `${url}/-/ready`).catch((error: unknown) => {
    clear();
    throw error;
  });
  const api = <Data>(path: string): Promise<Data> => get<Data>(`${url}/api/v1/${path}`);
  return {
    url,
    query: async (expression) =>
      (await api<{ result: PromSeries[] }>(`query?${new URLSearchParams({ query: expression })}`)).result,
    alerts: async () => (await api<{ alerts: PromAlert[] }>('alerts')).alerts,
    targets: async () => (await api<{ activeTargets: PromTarget[] }>('targets')).activeTargets,
    rules: async () =>
      (await api<{ groups: { rules: PromRule[] }[] }>('rules')).groups.flatMap(({ rules }) => rules),
    exemplars(expression) {
      const now = Date.now() / 1000;
      const asked = { query: expression, start: String(now - 600), end: String(now + 1) };
      return api<PromExemplars[]>(`query_exemplars?${new URLSearchParams(asked)}`);
    },
    async stop() {
      await program.stop();
      clear();
    },
  };
}

async function get<Data>(url: string): Promise<Data> {
  const answer = (await (await fetch(url)).json()) as { status: string; error?: string; data: Data };
  if (answer.status !== 'success') throw new Error(`${url}: ${answer.error}`);
  return answer.data;
}
