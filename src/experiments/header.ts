import type { GoldenSet } from '../datasets/golden.ts';
import { seededRandom } from '../kernel/random.ts';
import type { DatasetRecord, RunRecord } from '../records/schema.ts';
import { RECORD_SCHEMA } from '../records/schema.ts';
import { describeMachine } from '../system/machine.ts';
import type { RunSetup } from './setup.ts';

/** What a record tells of its run; one that has no questions names no golden set. */
export type HeaderSetup = Pick<RunSetup, 'options' | 'seed' | 'clock' | 'command' | 'redactedConfig'> &
  Partial<Pick<RunSetup, 'golden' | 'runId'>>;

/** The part of a record that is known before anything was measured. */
export function recordHeader(
  setup: HeaderSetup,
  kind: RunRecord['kind'],
): Omit<RunRecord, 'durationMs' | 'complete' | 'index' | 'ingest'> {
  const { golden, options, seed, clock, command, redactedConfig } = setup;
  const epoch = clock.epoch();
  return {
    schema: RECORD_SCHEMA,
    kind,
    id: setup.runId ?? newRunId(epoch, seed),
    startedAt: new Date(epoch).toISOString(),
    command: [...command],
    profile: kind === 'bench' ? options.bench.profile : null,
    notes: [],
    seed,
    environment: describeMachine(),
    config: redactedConfig,
    dataset: golden === undefined ? null : datasetRecord(golden),
  };
}

/** `20261120T231500Z-k3f9`: sorts by time; the suffix keeps runs of one second apart. */
export function newRunId(epoch: number, seed: number): string {
  const stamp = new Date(epoch).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const random = seededRandom(`${epoch}/${seed}/${process.pid}`);
  const suffix = Array.from({ length: 4 }, () => '23456789abcdefghjkmnpqrstuvwxyz'[random.integer(31)]).join(
    '',
  );
  return `${stamp}-${suffix}`;
}

function datasetRecord(golden: GoldenSet): DatasetRecord {
  const codes = [...new Set(golden.warnings.map(({ code }) => code))];
  return {
    name: golden.name,
    format: golden.format,
    version: golden.version ?? null,
    licence: golden.licence ?? null,
    split: golden.split ?? null,
    questions: golden.questions.length,
    answerable: golden.questions.filter(({ answerable }) => answerable).length,
    documents: golden.corpus?.length ?? null,
    questionsHash: golden.questionsHash,
    corpusHash: golden.corpusHash ?? null,
    warnings: codes.map((code) => {
      const warnings = golden.warnings.filter((warning) => warning.code === code);
      return {
        code,
        count: warnings.length,
        examples: warnings.slice(0, 3).map(({ message, where }) => `${where}: ${message}`),
      };
    }),
  };
}
