import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Three projects, because the suite is made for two shared cores: pure tests run side by side; so do those that start
// programs, a browser or servers of their own, and look only at what these say; while whatever drives load runs alone, so that
// one test's load is never another's noise.
const programs = [
  'test/cli/{bench,dataset-*,evaluate-judge,exit-codes,ingest-ask,ingest-quarantine,init,measure,no-native-packages,target,variants}.test.ts',
  'test/integration/{dashboards-check,dashboards-rules,dataset-generate,gate-*,ingest-kill,ingest-kill-short,ingest-quarantine,live-page,llm-judge,lsa-fit-thread,report-browser*,serve-cluster,started-target}.test.ts',
  'test/{statistics/histogram,engine/caching/size}.test.ts', // look at the heap of their own process
];
const all = [
  'test/integration/**/*.test.ts',
  'test/cli/**/*.test.ts',
  'test/bench/gates/real-service.test.ts',
];
/** Vitest leaves a core to itself, and would use one of two. */
const maxWorkers = Math.max(2, availableParallelism() - 1);
const patience = { testTimeout: 120_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...all, ...programs],
          maxWorkers,
          // Pure tests leave nothing behind, and need not load everything anew for each file.
          isolate: false,
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'programs',
          include: programs,
          maxWorkers,
          ...patience,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'system',
          include: all,
          exclude: programs,
          maxWorkers: 1,
          fileParallelism: false,
          ...patience,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
