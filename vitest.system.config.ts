import { defineConfig } from 'vitest/config';

// One file at a time: these tests train models and want both cores.
export default defineConfig({
  test: {
    include: ['test/system/**/*.test.ts'],
    testTimeout: 3_600_000,
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
  },
});
