import { join } from 'node:path';
import { readGoldenSet } from '../../src/datasets/read.ts';
import type { Answer } from '../../src/engine/answer.ts';
import { type Engine, openEngine } from '../../src/engine/engine.ts';
import { engineSchema } from '../../src/engine/options.ts';
import { systemClock } from '../../src/system/clock.ts';
import { type BenchContext, type BenchProgram, wrong } from '../harness/program.ts';
import { atMost, fixed, type Report, type Table } from '../harness/report.ts';
import { inTemporaryFolder } from '../harness/temporary-folder.ts';
import { itemsOf } from '../quality.ts';
import { BOUNDS, pointAt, type SeenPair, type Share, shareOf } from './false-hits.ts';
import { measureThresholds } from './semantic-threshold.ts';

/** The semantic cache in the whole engine: each pair is asked in order, and held against what its curve says. */
export const askedPairs: BenchProgram = {
  usage: '',
  options: {},
  async run({ positionals }, context) {
    if (positionals.length > 0) throw wrong('an argument without a name', 'is not wanted');
    const { pairs, embedder } = await measureThresholds(context);
    const { caching } = engineSchema.parse({});
    const asked = await askPairs(pairs, context);
    return report(asked, { embedder, threshold: caching.semantic.threshold });
  },
};

/** A pair that the engine was asked: `a`, then `b`, every cache empty before. */
export interface AskedPair {
  readonly seen: SeenPair;
  /** Whether `b` got the answer of `a`. */
  readonly hit: boolean;
  /** As the engine tells it; undefined where it was no hit. */
  readonly matched: Answer['matched'];
  /** Whether the answer to `a` said that there is none. */
  readonly abstained: boolean;
}

async function askPairs(
  pairs: readonly SeenPair[],
  { root, seed, progress }: BenchContext,
): Promise<AskedPair[]> {
  const golden = await readGoldenSet(join(root, 'datasets/tidewater'));
  const options = engineSchema.parse({ caching: { semantic: { enabled: true } } });
  return inTemporaryFolder(async (folder) => {
    const engine = await openEngine({ options, folder, clock: systemClock, seed });
    try {
      await engine.ingest(itemsOf(golden));
      progress(`${pairs.length} pairs, asked`);
      const asked: AskedPair[] = [];
      for (const seen of pairs) asked.push(await askPair(engine, seen));
      return asked;
    } finally {
      await engine.close();
    }
  });
}

export async function askPair(
  engine: Pick<Engine, 'ask' | 'clearCaches'>,
  seen: SeenPair,
): Promise<AskedPair> {
  const { a, b } = seen.pair;
  await engine.clearCaches();
  const first = await engine.ask(a);
  const second = await engine.ask(b);
  const hit = second.cache.semantic === 'hit';
  return { seen, hit, matched: second.matched, abstained: first.abstained };
}

export interface Outcome {
  readonly hits: Share;
  readonly falseHits: Share;
  /** Pairs on which the engine and the curve differ, or whose match is not what was asked before. */
  readonly different: readonly AskedPair[];
}

/** What the engine did, beside what the curve says of the same pairs at the same threshold. */
export function outcomeOf(asked: readonly AskedPair[], threshold: number): Outcome {
  const [hits, falseHits] = (['same', 'other'] as const).map((meaning) => {
    const own = asked.filter(({ seen }) => seen.pair.meaning === meaning);
    return shareOf(own.filter(({ hit }) => hit).length, own.length);
  });
  const different = asked.filter(({ seen, hit, matched }) => {
    const { similarity, objection, pair } = seen;
    const expected = similarity >= threshold && objection === undefined;
    return hit !== expected || (hit && matched?.question !== pair.a);
  });
  return { hits: hits!, falseHits: falseHits!, different };
}

interface Setting {
  readonly embedder: string;
  readonly threshold: number;
}

function report(asked: readonly AskedPair[], { embedder, threshold }: Setting): Report {
  const { hits, falseHits, different } = outcomeOf(asked, threshold);
  const curve = pointAt(
    asked.map(({ seen }) => seen),
    threshold,
    true,
  );
  const abstained = asked.filter((one) => one.abstained).length;
  return {
    title: 'The semantic cache in the engine',
    about:
      "Each pair of datasets/near-duplicates, asked in order of an engine whose semantic cache is on, all else being default: every cache is emptied, the first question is asked, then the second. A hit is a second answer that came from the semantic cache. Beside it, what caching/semantic-threshold says of the same pairs: similarities and guards alone, without an engine. Intervals are Wilson's, of 95 %.",
    facts: [
      ['embedder', embedder],
      ['pairs', `${asked.length}`],
      ['caching.semantic.threshold', `${threshold}`],
      ['first answers that abstain', `${abstained}`],
    ],
    tables: [
      {
        caption: 'Hits',
        columns: ['', 'the engine', 'the curve'],
        rows: [
          ['pairs of the same meaning: hits', shown(hits), shown(curve.hits)],
          ['pairs of other meaning: false hits', shown(falseHits), shown(curve.falseHits)],
        ],
      },
      ...(different.length === 0 ? [] : [differenceTable(different)]),
    ],
    bounds: [
      atMost({ what: 'pairs on which the engine and the curve differ', found: different.length, limit: 0 }),
      atMost({
        what: 'false hits in the engine, upper end',
        found: falseHits.interval[1] * 100,
        limit: BOUNDS.deceptive * 100,
        unit: '%',
        digits: 1,
      }),
    ],
  };
}

function differenceTable(different: readonly AskedPair[]): Table {
  return {
    caption: 'Pairs on which they differ',
    columns: ['pair', 'similarity', 'guard', 'hit', 'first answer'],
    rows: different.map(({ seen, hit, abstained }) => [
      seen.pair.id,
      fixed(seen.similarity, 4),
      seen.objection ?? '–',
      hit ? 'yes' : 'no',
      abstained ? 'abstains' : 'answers',
    ]),
  };
}

const percent = (share: number): string => `${fixed(share * 100, 1)} %`;

function shown({ count, of, interval: [low, high] }: Share): string {
  return `${count} of ${of}, ${percent(count / of)} [${fixed(low * 100, 1)}, ${fixed(high * 100, 1)}]`;
}
