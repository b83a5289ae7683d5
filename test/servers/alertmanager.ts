import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startProgram } from './system-program.ts';

/** An alert as Alertmanager holds it. */
export interface HeldAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly status: {
    readonly state: 'active' | 'suppressed' | 'unprocessed';
    readonly inhibitedBy: readonly string[];
  };
}

export interface Alertmanager {
  /** As Prometheus is told it: host:port. */
  readonly address: string;
  alerts(): Promise<HeldAlert[]>;
  stop(): Promise<void>;
}

/** A real Alertmanager on this machine, alone, with a configuration file and a storage of its own. */
export async function startAlertmanager(config: string): Promise<Alertmanager> {
  const storage = mkdtempSync(join(tmpdir(), 'groundspeed-alertmanager-'));
  const address = `127.0.0.1:${await freePort()}`;
  const clear = (): void => rmSync(storage, { recursive: true, force: true });
  const args = [
    `--config.file=${config}`,
    `--storage.path=${storage}`,
    `--web.listen-address=${address}`,
    '--cluster.listen-address=', // it has no peers
    '--log.level=warn',
  ];
  const ready = `http://${address}/-/ready`;
  const program = await startProgram('prometheus-alertmanager', args, ready).catch((error: unknown) => {
    clear();
    throw error;
  });
  return {
    address,
    alerts: async () => (await (await fetch(`http://${address}/api/v2/alerts`)).json()) as HeldAlert[],
    async stop() {
      await program.stop();
      clear();
    },
  };
}
