import { defineConfig } from 'vitest/config';

/** Files that replace a module of Node for all that run beside them. */
const mocking = ['src/formats/node/checkpoints.test.ts', 'src/formats/node/files.test.ts'];

// Two workers for two cores. The tests of the library share their processes, since most of them take less time than a new one.
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'library',
          include: ['src/**/*.test.ts'],
          exclude: mocking,
          isolate: false,
          testTimeout: 60_000,
        },
      },
      { test: { name: 'commands', include: [...mocking, 'test/*.test.ts'], testTimeout: 60_000 } },
    ],
  },
});
