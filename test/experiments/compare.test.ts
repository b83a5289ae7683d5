import { describe, expect, it } from 'vitest';
import { type GoldenSet, goldenQuestion } from '../../src/datasets/golden.ts';
import { runCompare } from '../../src/experiments/compare.ts';
import { evidenceBudget } from '../../src/experiments/compare-assess.ts';
import type { ExperimentEvent } from '../../src/experiments/events.ts';
import type { BlockRules } from '../../src/experiments/paired/block-driver.ts';
import { type Contestant, contestantOf } from '../../src/experiments/paired/variant-arm.ts';
import { sha256 } from '../../src/kernel/digest.ts';
import { recordSchema } from '../../src/records/schema.ts';
import { temporaryFolders } from './folders.ts';
import { MADE_SET, setupOf } from './made-set.ts';

const newFolder = temporaryFolders();

const RULES: BlockRules = {
  timeout: 5000,
  deadline: 100,
  maxInFlight: 256,
  arrivals: 'poisson',
  cacheMode: 'uncached',
  k: 5,
};
const QUALITY_ALONE = { speed: null, interleaving: 'processes', mostUsers: 1 } as const;

/** Long documents of many sentences, one of which is the evidence: how they are cut decides what is found. */
const LONG_SET: GoldenSet = (() => {
  const names = ['Arran', 'Canna', 'Eigg', 'Foula', 'Gigha', 'Iona', 'Jura', 'Muck'];
  const evidence = (name: string): string =>
    `The harbour of ${name} was built of grey stone by two brothers.`;
  const corpus = names.map((name, island) => ({
    id: name.toLowerCase(),
    title: `The island of ${name}`,
    text: Array.from({ length: 60 }, (_, line) =>
      line === 30
        ? evidence(name)
        : `Farm ${line} of ${name} keeps ${line + island} sheep and a red boat near the shore.`,
    ).join(' '),
    metadata: {},
  }));
  const questions = names.map((name) =>
    goldenQuestion({
      id: name,
      question: `Of what was the harbour of ${name} built?`,
      evidence: [[{ document: name.toLowerCase(), quote: evidence(name) }]],
      relevant: new Map([[name.toLowerCase(), 1]]),
      answerable: true,
      kind: 'lookup',
    }),
  );
  return {
    ...MADE_SET,
    name: 'long islands',
    corpus,
    questions,
    questionsHash: sha256(JSON.stringify(questions.map(({ id }) => id))),
    corpusHash: sha256(JSON.stringify(corpus)),
  };
})();

interface Given {
  readonly golden?: GoldenSet;
  readonly events?: ExperimentEvent[];
}

function contestants(
  variants: Readonly<Record<string, object>>,
  { golden = MADE_SET, events = [] }: Given = {},
): Contestant[] {
  const indexFolder = newFolder();
  return Object.entries(variants).map(([name, engine]) => {
    const setup = setupOf({ indexFolder, golden, engine, onEvent: (event) => events.push(event) });
    return contestantOf({ name, settings: [name], setup }, { rules: RULES });
  });
}

const chunks = (size: number, topK: number) => ({
  retrieval: { mode: 'keyword', topK },
  embedding: { provider: 'none' },
  chunking: { size, overlap: 0 },
});

describe('variants that cut documents otherwise', () => {
  it('are compared by evidence within the tokens that all of them return, never at equal k', async () => {
    const both = contestants({ small: chunks(20, 5), large: chunks(200, 5) }, { golden: LONG_SET });
    const { record } = await runCompare(both[0]!.setup, both, QUALITY_ALONE);
    expect(recordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
    const { overall, variants, notes } = record.comparison!;
    expect(overall.map(({ compared }) => compared)).toContain('evidence-recall@100tokens');
    // Nothing that counts passages has a verdict: neither context-precision@5, nor right answers by the evidence in five of them.
    for (const { compared } of overall)
      expect(compared).toMatch(/^(ndcg@10|right|evidence-recall@100tokens)$/);
    expect(
      variants.every(({ scores }) => scores['evidence-recall@100tokens']!.every((score) => score !== null)),
    ).toBe(true);
    expect(notes!.join(' ')).toContain('within 100 tokens');
    expect(record.notes.join(' ')).toMatch(/small returns 5 passages of at most 20 tokens.*not the 2000/);
  });

  it('are compared within what the generator is shown, where all return as much', () => {
    const both = contestants({ small: chunks(40, 100), large: chunks(400, 20) });
    expect(evidenceBudget(both)).toEqual({ within: 'evidence-recall@2000tokens', notes: [] });
    expect(evidenceBudget(contestants({ a: chunks(40, 5), b: chunks(40, 9) }))).toBeUndefined();
  });
});

describe('variants that can share an index', () => {
  it('do, so that no index is built twice', async () => {
    const events: ExperimentEvent[] = [];
    const three = contestants(
      {
        bm25: { retrieval: { mode: 'keyword' } },
        hybrid: { retrieval: { mode: 'hybrid' } },
        wide: { retrieval: { mode: 'hybrid', topK: 9 } },
        cut: { chunking: { size: 16, overlap: 0 } },
      },
      { events },
    );
    await runCompare(three[0]!.setup, three, QUALITY_ALONE);
    const summaries = events.flatMap((event) =>
      event.type === 'part.finished' && event.name.startsWith('index')
        ? [`${event.name}: ${event.summary}`]
        : [],
    );
    expect(summaries).toEqual([
      expect.stringMatching(/^index, bm25: .* built in/),
      expect.stringMatching(/^index, hybrid: .* reused$/),
      expect.stringMatching(/^index, wide: .* reused$/),
      expect.stringMatching(/^index, cut: .* built in/),
    ]);
  });
});

describe('questions that are asked again and again', () => {
  it('are asked so often of each variant, past the caches, and count once', async () => {
    const events: ExperimentEvent[] = [];
    const both = contestants({ bm25: { retrieval: { mode: 'keyword' } }, hybrid: {} }, { events });
    const { record } = await runCompare(both[0]!.setup, both, { ...QUALITY_ALONE, repeats: 3 });
    const { repeats, variants, overall } = record.comparison!;
    expect(repeats).toBe(3);
    // The engine gives the same answer each time.
    expect(variants.map(({ differing }) => differing)).toEqual([0, 0]);
    expect(overall[0]!.n).toBeLessThanOrEqual(MADE_SET.questions.length);
    expect(record.questions).toHaveLength(MADE_SET.questions.length);
    expect(record.notes.join(' ')).toMatch(/asked 3 times of each variant/);
    const passes = events.filter(
      (event) => event.type === 'part.finished' && event.name.startsWith('quality'),
    );
    expect(passes).toHaveLength(6);
  });
});
