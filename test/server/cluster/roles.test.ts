import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { engineSchema } from '../../../src/engine/options.ts';
import { type Handlers, Peer } from '../../../src/server/cluster/calls.ts';
import type { MemberMethods, MemberOrder, PrimaryMethods } from '../../../src/server/cluster/protocol.ts';
import { runMember } from '../../../src/server/cluster/roles.ts';
import { serverOptions } from '../../../src/server/options.ts';
import { systemClock } from '../../../src/system/clock.ts';
import { renderMetrics } from '../../../src/telemetry/merge.ts';
import { telemetryOptions } from '../../../src/telemetry/options.ts';
import { readExposition, valueIn } from '../../telemetry/exposition.ts';
import { FARES } from '../made-app.ts';
import { channelPair } from './channels.ts';

/* A process of the service, played in this one. */

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function writer(settings: object = {}, order: Partial<MemberOrder> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'groundspeed-writer-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  const { here, there } = channelPair();
  const lines: string[] = [];
  let greet = (): void => undefined;
  const greeted = new Promise<void>((resolve) => {
    greet = resolve;
  });
  const primary: Partial<Handlers<PrimaryMethods>> = {
    hello: async () => {
      greet();
      return undefined;
    },
  };
  const peer = new Peer<PrimaryMethods, MemberMethods>(here, primary as Handlers<PrimaryMethods>);
  const over = runMember({
    channel: there,
    clock: systemClock,
    logStream: { write: (line) => lines.push(line) },
    nodeVersion: 'v0',
  });
  ends.push(async () => {
    await peer.call('drain', undefined);
    await over;
  });
  await greeted;
  const options = engineSchema.parse({ embedding: { dimensions: 4 }, ...settings });
  await peer.call('open', {
    engine: { options, folder, seed: 1 },
    server: serverOptions.server.parse({ workers: 2 }),
    logLevel: 'warn',
    version: '1',
    startedAt: 0,
    role: 'writer',
    ...order,
  });
  const metrics = async () => readExposition(await renderMetrics([await peer.call('snapshot', undefined)]));
  return { peer, lines, metrics };
}

it('the writer counts its calls of models, and none of the questions', async () => {
  const { peer, metrics } = await writer();
  const family = 'gen_ai_client_operation_duration_seconds';
  await peer.call('takeDocuments', FARES);
  const calls = (await metrics()).get(family)!.samples.filter(({ name }) => name === `${family}_count`);
  expect(calls).toMatchObject([{ labels: { gen_ai_operation_name: 'embeddings' } }]);
  expect(calls[0]!.value).toBeGreaterThan(0);
  expect(valueIn(await metrics(), 'rag_queries_total', { outcome: 'answered' })).toBe(0);
  expect(valueIn(await metrics(), 'rag_workers')).toBe(0);
});

it('the writer counts nothing where metrics are off', async () => {
  const { peer } = await writer(
    {},
    { metrics: telemetryOptions.telemetry.parse({ metrics: { enabled: false } }).metrics },
  );
  await peer.call('takeDocuments', FARES);
  expect(await peer.call('snapshot', undefined)).toEqual([]);
});

it('the writer says in the log what becomes of its breakers', async () => {
  const { peer, lines, metrics } = await writer({
    embedding: { provider: 'openai' },
    openai: { apiKey: 'sk-none', baseUrl: 'http://127.0.0.1:9/v1' },
    resilience: { ingest: { retries: 0 }, dependencies: { embedder: { breaker: { failures: 1 } } } },
  });
  await peer.call('takeDocuments', FARES).catch(() => undefined);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 40, event: 'breaker.changed', dependency: 'embedder', from: 'closed', to: 'open' },
  ]);
  expect(
    valueIn(await metrics(), 'rag_circuit_breaker_state', { dependency: 'embedder', state: 'open' }),
  ).toBe(1);
});
