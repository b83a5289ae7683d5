/**
 * groundspeed as a library: run what the command line runs, and read what it saved. The engine alone, its ports and its
 * options are at `groundspeed/engine`.
 */
export { type ResolvedSettings, resolveSettings } from './config/resolve.ts';
export { engineOptionsOf, experimentOptionsOf, type Settings } from './config/settings.ts';
export type { GoldenQuestion, GoldenSet } from './datasets/golden.ts';
export { type ReadOptions, readGoldenSet, resolveDataset } from './datasets/read.ts';
export { parseQrels, parseRun, type Qrels, type TrecRun } from './datasets/trec.ts';
export { type Engine, type EngineSetting, openEngine } from './engine/engine.ts';
export { runBench } from './experiments/bench.ts';
export { type CapacityWishes, runCapacity } from './experiments/capacity.ts';
export { runEvaluate } from './experiments/evaluate.ts';
export type { ExperimentEvent } from './experiments/events.ts';
export { runLoad } from './experiments/load.ts';
export type { LoadRules, LoadSetup, LoadShape } from './experiments/load-setup.ts';
export { readRunFolder } from './experiments/run-folder.ts';
export type { RunResult, RunSetup, TargetSetup } from './experiments/setup.ts';
export { type ErrorCode, GroundspeedError } from './kernel/errors.ts';
export { describeTarget, type TargetDescription } from './load/targets/http/description.ts';
export { isRetrievalMeasure, type Measure, type RetrievalMeasure } from './measures/measure.ts';
export { parseMeasures } from './measures/registry.ts';
export { measureRun, type RunScores } from './measures/trec-run.ts';
export { parseSlo } from './objectives/parse.ts';
export type { Slo } from './objectives/slo.ts';
export { RECORD_SCHEMA, type RunRecord, recordSchema } from './records/schema.ts';
export { systemClock } from './system/clock.ts';
