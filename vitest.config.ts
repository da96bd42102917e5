import { defineConfig } from 'vitest/config';

const seconds = 1_000;

/**
 * One project for each kind of test. `npm run check` runs `unit` and `scripts`; `npm test` runs all of them.
 * Playwright's files (`tests/e2e/*.spec.ts`) are not Vitest's.
 */
export default defineConfig({
  resolve: { alias: { '@': import.meta.dirname } },
  test: {
    environment: 'node',
    // A focused test that is left behind must fail, not hide all the others.
    allowOnly: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{app,components,config,db,lib,server}/**/*.test.{ts,tsx}', '*.test.ts'],
          // What they test keeps nothing between calls, so a fresh world for each file would buy only time lost.
          isolate: false,
          pool: 'threads',
          restoreMocks: true,
          unstubEnvs: true,
          unstubGlobals: true,
          testTimeout: 10 * seconds,
          hookTimeout: 10 * seconds,
        },
      },
      {
        extends: true,
        test: {
          name: 'scripts',
          include: ['tests/scripts/**/*.test.ts'],
          testTimeout: 30 * seconds,
          hookTimeout: 30 * seconds,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: [
            'tests/integration/**/*.test.ts',
            'tests/simulator/**/*.test.ts',
            'tests/support/**/*.test.ts',
          ],
          globalSetup: ['tests/support/global-setup.ts'],
          pool: 'forks',
          testTimeout: 60 * seconds,
          hookTimeout: 60 * seconds,
        },
      },
      {
        extends: true,
        test: {
          name: 'contract',
          include: ['tests/contract/**/*.test.ts'],
          pool: 'forks',
          // Every file starts the built program: two at once is what two cores carry.
          maxWorkers: 2,
          testTimeout: 120 * seconds,
          hookTimeout: 120 * seconds,
        },
      },
    ],
  },
});
