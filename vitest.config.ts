import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Three projects, because the suite is made for two shared cores: pure tests run side by side; so do those that start
// programs, a browser or servers of their own, and look only at what these say: a run that a busy machine made invalid is as
// good to them as any other; while whatever judges speed under load runs alone, so that one test's load is never another's noise.
const programs = [
  'test/cli/{bench,compare,dataset-*,drill,evaluate-judge,exit-codes,gate-quality,gate-refusals,ingest-ask,ingest-quarantine,init,load,measure,no-native-packages,serve,serve-analytics,target,variants}.test.ts',
  'test/integration/{acceptance,analytics-thread,autocannon,compare,dashboards-*,dataset-generate,fault-proxy,gate-*,http-target,http-target-*,ingest-full-disk,ingest-kill,ingest-kill-short,ingest-quarantine,live-page,live-page-server,llm-judge,load-traces,lsa-fit-thread,metrics,metrics-port,nightly,observability-*,online-judge,paired,process-faults,redis-cache,redis-engines,report-browser*,serve,serve-analytics,serve-cluster,serve-degraded,serve-drill,serve-redis,started-target,target-check,traceparent,tracing}.test.ts',
  'test/{statistics/histogram,engine/caching/size}.test.ts', // look at the heap of their own process
];
const all = [
  'test/integration/**/*.test.ts',
  'test/cli/**/*.test.ts',
  'test/bench/gates/real-service.test.ts',
];
/** Vitest leaves a core to itself, and would use one of two. */
const maxWorkers = Math.max(2, availableParallelism() - 1);
/** Those that start programs wait for them most of the time. */
const waiting = 2 * maxWorkers;
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
          maxWorkers: waiting,
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
