// Slow: a new embedded database is made from nothing, and opened by four processes.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newSettings, runScript } from './script.ts'

const names = readdirSync(join(import.meta.dirname, '../../migrations'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .toSorted()
const newest = names.at(-1)

test('an empty database gets every migration and the queue, a second run nothing, and the newest can be undone', async () => {
  using settings = newSettings()
  const migrate = (...args: string[]) => runScript('migrate', { args, env: settings.env })

  const first = await migrate()
  expect(first.errors).toBe('')
  expect(first.lines).toEqual([
    ...names.map((name) => `migrated  ${name}`),
    expect.stringMatching(/^migrated {2}the queue's schema, version \d+$/),
  ])
  expect(await migrate()).toEqual({ code: 0, lines: ['up to date'], errors: '' })
  expect(await migrate('--down')).toEqual({ code: 0, lines: [`undone  ${newest}`], errors: '' })
  expect(await migrate()).toEqual({ code: 0, lines: [`migrated  ${newest}`], errors: '' })
})

test('a database that cannot be reached is one sentence and exit code 1', async () => {
  using settings = newSettings()
  const env = { ...settings.env, DATABASE_URL: 'postgresql://postgres:secret@127.0.0.1:1/reasonflow' }
  const { code, errors } = await runScript('migrate', { env })
  expect(code).toBe(1)
  expect(errors).toMatch(/^The database cannot be reached \(.+\)\. Check DATABASE_URL and that it runs\.$/)
  expect(errors).not.toContain('secret')
})

test('an option that is not known does nothing, and says what is', async () => {
  using settings = newSettings()
  const { code, errors } = await runScript('migrate', { args: ['--up'], env: settings.env })
  expect({ code, errors }).toEqual({ code: 1, errors: 'Usage: npm run migrate [-- --down]' })
})
