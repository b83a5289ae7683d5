import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// The suite is made for two shared cores. Pure tests run side by side with those that start programs, a browser or servers of
// their own and look only at what these say: a run that a busy machine made invalid is as good to them as any other. Whatever judges
// speed under load runs alone after them (`system`), so that one test's load is never another's noise.
const programs = [
  'test/cli/{bench,compare,dataset-*,drill,evaluate-judge,exit-codes,gate-quality,gate-refusals,ingest-ask,ingest-quarantine,init,load,measure,no-native-packages,serve,serve-analytics,target,variants}.test.ts',
  'test/integration/{acceptance,analytics-thread,autocannon,compare,dashboards-*,dataset-generate,engine-traces,fault-proxy,gate-*,http-target,http-target-*,ingest-full-disk,ingest-kill,ingest-kill-short,ingest-quarantine,live-page,live-page-server,llm-judge,load-traces,lsa-fit-thread,machine-series,metrics,metrics-port,nightly,observability-*,online-judge,paired,redis-cache,redis-engines,report-browser*,serve,serve-analytics,serve-cluster,serve-degraded,serve-drill,serve-redis,started-target,target-check,traceparent,tracing}.test.ts',
];
/** They look at the memory of their own process. */
const heap = ['test/{statistics/histogram,engine/caching/size,integration/process-faults}.test.ts'];
const all = [
  ...heap,
  'test/integration/**/*.test.ts',
  'test/cli/**/*.test.ts',
  'test/bench/gates/real-service.test.ts',
];
/** Vitest leaves a core to itself, and would use one of two; and tests that start programs wait for them much of the time. */
const workers = 2 * Math.max(2, availableParallelism() - 1);
/** Files that take longest, with a whole minute for the first: begun last, they would leave a core without work at the end. */
const LONGEST = [
  'drill',
  'nightly',
  'observability-',
  'serve-cluster',
  'bench',
  'gate-refusals',
  'load',
  'dashboards-rules',
  'paired',
  'live-page',
].map((name) => new RegExp(`/test/(cli|integration)/${name}[^/]*$`, 'u'));
const place = ({ moduleId }: TestSpecification): number => {
  const found = LONGEST.findIndex((name) => name.test(moduleId));
  return found === -1 ? LONGEST.length : found;
};

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

const patience = { testTimeout: 120_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...all, ...programs],
          maxWorkers: workers,
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
          maxWorkers: workers,
          // Half of them load all sources; what they leave behind is in folders and processes of their own.
          isolate: false,
          ...patience,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'heap',
          include: heap,
          maxWorkers: workers,
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'system',
          include: all,
          exclude: [...programs, ...heap],
          maxWorkers: 1,
          fileParallelism: false,
          isolate: false,
          ...patience,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
