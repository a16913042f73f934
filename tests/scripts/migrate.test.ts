// Slow: a new embedded database is made from nothing, and opened by a process a command.
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
  const history = await migrate('history')
  expect(history.lines.map((line) => line.slice('2026-11-29T21:25:36.963Z  '.length))).toEqual(names)
  expect(history.lines.every((line) => /^20\d\d-\d\d-\d\dT\S+Z {2}/.test(line))).toBe(true)
  expect(await migrate('--down')).toEqual({ code: 0, lines: [`undone  ${newest}`], errors: '' })
  expect((await migrate('history')).lines.at(-1)).toBe(`pending                   ${newest}`)

  const verbose = await migrate('-v')
  expect(verbose).toMatchObject({ code: 0, errors: '' })
  const isStatement = (line: string) => /^ *\d+\.\d ms {2}\S/.test(line)
  expect(verbose.lines.filter((line) => !isStatement(line))).toEqual([`migrated  ${newest}`])
  expect(verbose.lines).toContainEqual(expect.stringMatching(/ms {2}(create|alter) table/))
})

test('a database that cannot be reached is one sentence and exit code 1', async () => {
  using settings = newSettings()
  const env = { ...settings.env, DATABASE_URL: 'postgresql://postgres:secret@127.0.0.1:1/reasonflow' }
  const { code, errors } = await runScript('migrate', { env })
  expect(code).toBe(1)
  expect(errors).toMatch(/^The database cannot be reached \(.+\)\. Check DATABASE_URL and that the server runs\.$/)
  expect(errors).not.toContain('secret')
})

test.each(['--up', 'sideways', 'history --down', 'history twice'])(
  'migrate %s does nothing, and says what there is',
  async (words) => {
    using settings = newSettings()
    const { code, errors } = await runScript('migrate', { args: words.split(' '), env: settings.env })
    expect({ code, errors }).toEqual({
      code: 1,
      errors: 'Usage: node server/scripts/migrate.ts [-v | --verbose] [--down | history]',
    })
  },
)
