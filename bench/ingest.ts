import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { GoldenSet } from '../src/datasets/golden.ts';
import { readGoldenSet } from '../src/datasets/read.ts';
import { type EngineInfo, type IngestResult, openEngine } from '../src/engine/engine.ts';
import { engineSchema } from '../src/engine/options.ts';
import { systemClock } from '../src/system/clock.ts';
import { type BenchContext, type BenchProgram, onlyPositional } from './harness/program.ts';
import { atMost, fixed, megabytes, type Report } from './harness/report.ts';
import { inTemporaryFolder } from './harness/temporary-folder.ts';
import { itemsOf } from './quality.ts';

/** How long a collection takes to become an index, phase by phase. */
export const ingest: BenchProgram = {
  usage: 'COLLECTION',
  options: {},
  async run(args, context) {
    const golden = await readGoldenSet(onlyPositional(args, 'COLLECTION'));
    return report(golden.name, await measureIngest(golden, context));
  },
};

export interface IngestFigures {
  readonly result: IngestResult;
  readonly info: EngineInfo;
  /** Bytes that the process had resident at most, so far. */
  readonly peakBytes: number;
  /** Bytes of the index on disk. */
  readonly diskBytes: number;
}

/** Ingests the collection with default settings into an index of its own. */
export function measureIngest(
  golden: GoldenSet,
  { seed, progress }: Pick<BenchContext, 'seed' | 'progress'>,
): Promise<IngestFigures> {
  return inTemporaryFolder(async (folder) => {
    const options = engineSchema.parse({});
    const engine = await openEngine({ options, folder, clock: systemClock, seed });
    progress(`${golden.name}: ingesting`);
    const result = await engine.ingest(itemsOf(golden));
    const info = engine.info();
    const peakBytes = process.resourceUsage().maxRSS * 1024;
    await engine.close();
    const diskBytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    return { result, info, peakBytes, diskBytes };
  });
}

function report(name: string, { result, info, peakBytes, diskBytes }: IngestFigures): Report {
  const { phases, durationMs, indexed, failed, documentsPerSecond } = result;
  const share = (ms: number): string => `${fixed((100 * ms) / durationMs, 0)} %`;
  return {
    title: `Ingest of ${name}`,
    about:
      'One ingest into an empty index, with default settings: read (chunk and store), fit the embedding model, embed, publish, index (build the graph and the postings, save their snapshots).',
    facts: [
      ['indexed', `${fixed(indexed, 0)} documents, ${fixed(info.chunks, 0)} chunks; ${failed.length} failed`],
      ['memory', `${megabytes(peakBytes)} resident at most; the collection itself is in it`],
      ['disk', megabytes(diskBytes)],
    ],
    tables: [
      {
        caption: 'Phases',
        columns: ['phase', 'seconds', 'share'],
        rows: [
          ...Object.entries(phases).map(([phase, ms]) => [phase, fixed(ms / 1000, 2), share(ms)]),
          ['**whole**', fixed(durationMs / 1000, 2), `${fixed(documentsPerSecond, 0)} documents/s`],
        ],
      },
    ],
    bounds:
      name === 'scifact'
        ? [
            atMost({
              what: 'SciFact is ingested in',
              found: durationMs / 1000,
              limit: 60,
              unit: 's',
              digits: 1,
            }),
          ]
        : [],
  };
}
