import { defineConfig } from 'vitest/config';

// Two projects, because the suite is made for two shared cores: pure tests run side by side, while whatever owns
// a server, a browser, a clock or a child process runs alone, so that one test's load is never another's noise.
const system = ['test/integration/**/*.test.ts', 'test/cli/**/*.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: system,
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'system',
          include: system,
          maxWorkers: 1,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
