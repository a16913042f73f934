import { defineConfig } from 'vitest/config'

const native = process.env['TEST_DATABASE_URL'] !== undefined

/** Races and crashes need two connections at once, which the embedded database has not. */
const nativeOnly = 'tests/**/*.native.test.ts'

export default defineConfig({
  test: {
    pool: 'forks',
    // Most of a test's time is its database's: no core is kept back.
    maxWorkers: '100%',
    globalSetup: ['tests/support/global-setup.ts'],
    setupFiles: ['tests/support/loopback-only.ts'],
    include: ['tests/**/*.test.ts'],
    exclude: native ? [] : [nativeOnly],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Also where nothing may be skipped: a suite without tests is an error.
    passWithNoTests: false,
    env: { TZ: 'UTC' },
  },
})
