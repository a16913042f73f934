import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { costsReporter } from './tests/support/costs-reporter.ts'

const native = process.env['TEST_DATABASE_URL'] !== undefined
/** Where CI wants the results as JSON. */
const report = process.env['TEST_REPORT']

/** Races and crashes need two connections at once, which the embedded database has not. */
const nativeOnly = 'tests/**/*.native.test.ts'

// Compiled once for all workers and the processes they start, and for the next run.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/reasonflow/compiled')

function jsonTo(outputFile: string): ['json', { outputFile: string }] {
  return ['json', { outputFile }]
}

export default defineConfig({
  test: {
    pool: 'forks',
    // A worker runs one file after the other, so that what they import and their databases are made once. A test owns
    // what it uses and gives it back.
    isolate: false,
    // Most of a test's time is its database's: no core is kept back. A native one's tests wait for outages as well.
    maxWorkers: native ? '150%' : '100%',
    globalSetup: ['tests/support/global-setup.ts'],
    execArgv: ['--import', join(import.meta.dirname, 'tests/support/loopback-only.ts')],
    // Node runs our files as they are, in the tests as in production.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    include: ['tests/**/*.test.ts'],
    exclude: native ? [] : [nativeOnly],
    reporters: ['default', costsReporter(), ...(report ? [jsonTo(report)] : [])],
    // Ceilings against hangs: on a busy machine what takes seconds may take a minute, and no test is about its own pace.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    // Also where nothing may be skipped: a suite without tests is an error.
    passWithNoTests: false,
    env: { TZ: 'UTC' },
  },
})
