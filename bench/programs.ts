import type { BenchProgram } from './harness/program.ts';

/** Every program by its name, which is also its file's. A program is loaded when it is run. */
export const PROGRAMS: Readonly<Record<string, () => Promise<BenchProgram>>> = {
  quality: async () => (await import('./quality.ts')).quality,
  'ann-recall': async () => (await import('./ann-recall.ts')).annRecall,
  'retrieval-100k': async () => (await import('./retrieval-100k.ts')).retrieval100k,
  ingest: async () => (await import('./ingest.ts')).ingest,
  'engine-overhead': async () => (await import('./engine-overhead.ts')).engineOverhead,
  startup: async () => (await import('./startup.ts')).startup,
  'first-run': async () => (await import('./first-run.ts')).firstRun,
  'statistics/coverage': async () => (await import('./statistics/coverage.ts')).coverage,
  'statistics/estimators': async () => (await import('./statistics/estimators.ts')).estimators,
  'statistics/latency-gate': async () => (await import('./statistics/latency-gate.ts')).latencyGate,
  'statistics/quality-gate': async () => (await import('./statistics/quality-gate.ts')).qualityGate,
  'golden-sets': async () => (await import('./golden-sets.ts')).goldenSets,
  'stop-words': async () => (await import('./stop-words.ts')).stopWords,
  'load/truth': async () => (await import('./load/truth.ts')).truth,
  'load/ten-thousand': async () => (await import('./load/ten-thousand.ts')).tenThousand,
  'load/closed-loop': async () => (await import('./load/closed-loop.ts')).closedLoop,
  'load/million': async () => (await import('./load/million.ts')).million,
  'load/capacity': async () => (await import('./load/capacity.ts')).capacity,
  'capacity/simulated': async () => (await import('./capacity/simulated.ts')).simulated,
  'capacity/evidence': async () => (await import('./capacity/evidence.ts')).evidence,
};
