import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { jobCatalog } from '../../server/jobs/catalog.ts'
import { createHandlers } from '../../server/jobs/handlers.ts'
import type { AppContext } from '../../server/context.ts'

const root = join(import.meta.dirname, '../..')
const generated = new Set(['server/db/engine/schema.ts'])
const rooms = ['server', 'shared-types', 'migrations', 'google-sandbox', 'demo', 'tests']

const files = rooms
  .flatMap((room) => readdirSync(join(root, room), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  .filter((name) => !generated.has(name))
  .map((name) => ({ name, text: readFileSync(join(root, name), 'utf8') }))

const lengthOf = (text: string) => text.split('\n').length - 1
const isOurs = ({ name }: { name: string }) => name.startsWith('server/') || name.startsWith('shared-types/')

test('no hand-written file is longer than 300 lines, and few are long', () => {
  const tooLong = files.filter(({ text }) => lengthOf(text) > 300).map(({ name, text }) => [name, lengthOf(text)])
  expect(tooLong).toEqual([])
  const lengths = files
    .filter(isOurs)
    .map(({ text }) => lengthOf(text))
    .sort((a, b) => a - b)
  const at = (share: number) => lengths[Math.min(lengths.length - 1, Math.floor(lengths.length * share))] ?? 0
  // No bound on the shorter half: it would only breed fragments.
  // oxlint-disable-next-line no-console -- a figure to watch
  console.info(`file lengths: ${lengths.length} files, p90 ${at(0.9)}, max ${at(1)}`)
  expect(at(0.9)).toBeLessThanOrEqual(150)
})

test('every job of the catalogue has a handler, and no handler is without its job', () => {
  expect(Object.keys(createHandlers({} as AppContext)).sort()).toEqual(Object.keys(jobCatalog).sort())
})

test('the environment is read in one file', () => {
  const readers = files.filter(
    ({ name, text }) =>
      name.startsWith('server/') && !name.startsWith('server/scripts/') && /process\.env\b/.test(code(text)),
  )
  expect(readers.map(({ name }) => name)).toEqual(['server/config.ts'])
})

test('shared types import zod and each other, migrations import kysely alone', () => {
  const foreign = files.flatMap(({ name, text }) => {
    const allowed = name.startsWith('shared-types/')
      ? /^(zod|\.\/[\w-]+\.ts)$/
      : name.startsWith('migrations/')
        ? /^kysely$/
        : undefined
    if (!allowed) return []
    const imports = [...text.matchAll(/(?:from|import) '([^']+)'/g)].map(([, source]) => source ?? '')
    return imports.filter((source) => !allowed.test(source)).map((source) => `${name}: ${source}`)
  })
  expect(foreign).toEqual([])
})

test('no test is left out or alone', () => {
  const marks = files.filter(
    ({ name, text }) => name.startsWith('tests/') && /\b(test|describe|it)\.(skip|only|todo)\b/.test(code(text)),
  )
  expect(marks.map(({ name }) => name)).toEqual([])
})

/** Without comments, strings and patterns, so that a file may speak of what it does not do. */
function code(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').replaceAll(/'[^'\n]*'|\/[^/\n]+\/[a-z]*/g, '')
}
