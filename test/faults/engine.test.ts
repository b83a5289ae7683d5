import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type Engine, openEngine } from '../../src/engine/engine.ts';
import { engineSchema } from '../../src/engine/options.ts';
import type { SourceDocument } from '../../src/engine/ports.ts';
import { faultDecorators } from '../../src/faults/decorators.ts';
import { createFaultInjector, type FaultInjector } from '../../src/faults/injector.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { systemClock } from '../../src/system/clock.ts';
import { faultsOf } from './reading.ts';

const DOCUMENTS = ['bicycle', 'dog', 'lorry', 'caravan', 'kayak', 'piano'].map(
  (subject, pounds): SourceDocument => ({
    id: subject,
    title: `Taking a ${subject}`,
    text: `The crossing for a ${subject} costs £${pounds + 2}.50. Please tell the crew of your ${subject} before boarding.`,
    metadata: {},
  }),
);
const QUESTION = 'What does the crossing cost for a lorry?';

const root = mkdtempSync(join(tmpdir(), 'groundspeed-faults-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const opened: Engine[] = [];
afterEach(async () => {
  for (const engine of opened.splice(0)) await engine.close();
});

let folders = 0;

async function under(faults: string): Promise<{ engine: Engine; injector: FaultInjector }> {
  const injector = createFaultInjector({
    faults: faultsOf(faults),
    permit: 'test',
    clock: systemClock,
    random: seededRandom(1),
  });
  folders += 1;
  const engine = await openEngine({
    options: engineSchema.parse({
      embedding: { dimensions: 4 },
      resilience: { timeoutMs: 200, queries: { retries: 0 } },
    }),
    folder: join(root, String(folders)),
    clock: systemClock,
    seed: 1,
    decorate: faultDecorators(injector),
  });
  opened.push(engine);
  await engine.ingest(DOCUMENTS.map((document) => ({ document })));
  return { engine, injector };
}

const answerOf = ({ engine }: { engine: Engine }) => engine.ask(QUESTION, { cache: false });

describe('an engine under faults', () => {
  it.each([
    ['embedder: error http5xx', 'keyword'],
    ['embedder: timeout', 'keyword'],
    ['embedder: 429 retry-after 5s', 'keyword'],
    ['vectors: error corrupt', 'keyword'],
    ['generator: reset', 'extractive'],
    ['generator: truncate', 'extractive'],
  ])('%s answers with less while it lasts, and in full before and after', async (faults, level) => {
    const bench = await under(faults);
    expect((await answerOf(bench)).degraded).toBeUndefined();
    bench.injector.start();
    const during = await answerOf(bench);
    expect(during.degraded?.level).toBe(level);
    expect(during.text).toContain('4.50');
    bench.injector.stop();
    expect((await answerOf(bench)).degraded).toBeUndefined();
    expect(bench.injector.log()).toMatchObject([{ fault: faults }]);
    expect(bench.injector.log()[0]!.count).toBeGreaterThan(0);
  });

  it('finds less where vectors are noise, and says nothing of it', async () => {
    const bench = await under('vectors: corrupt; keywords: empty');
    bench.injector.start();
    const answer = await answerOf(bench);
    expect(answer.degraded).toBeUndefined();
    expect(bench.injector.log().map(({ count }) => count)).toEqual([1, 1]);
  });

  it('answers from what it has on a full disk, and takes in no more until there is room', async () => {
    const bench = await under('disk: full');
    bench.injector.start();
    const more: SourceDocument = {
      ...DOCUMENTS[0]!,
      id: 'sheep',
      text: 'The crossing for a sheep costs £9.50.',
    };
    await expect(bench.engine.ingest([{ document: more }])).rejects.toMatchObject({
      code: 'store.unwritable',
    });
    expect((await answerOf(bench)).text).toContain('4.50');
    bench.injector.stop();
    await bench.engine.ingest([{ document: more }]);
    expect((await bench.engine.ask('What does it cost for a sheep?')).text).toContain('9.50');
  });
});
