import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { jobCatalog } from '../../server/jobs/catalog.ts'
import { createHandlers } from '../../server/jobs/handlers.ts'
import type { AppContext } from '../../server/context.ts'
import { newSecret } from '../../server/security/secret.ts'

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

/** Each file in which one of these stands, and how often. */
function placesOf(pattern: RegExp, ...below: string[]): Record<string, number> {
  const found = files
    .filter(({ name }) => below.some((folder) => name.startsWith(folder)))
    .map(({ name, text }) => [name, [...text.matchAll(pattern)].length] as const)
  return Object.fromEntries(found.filter(([, count]) => count > 0))
}

test('SQL that is made of text is made in these places alone', () => {
  expect(placesOf(/\bsql\.(raw|lit|literal|id)\b|\bCompiledQuery\.raw\b/g, 'server/', 'migrations/')).toEqual({
    // Constants of their own.
    'migrations/0004-emails.ts': 1,
    'migrations/0005-mailbox-counters.ts': 2,
    'migrations/0019-search-words.ts': 1,
    // Numbers and words that stand in the code.
    'server/db/sending/automatic-sends.ts': 1,
    'server/db/sending/lessons.ts': 1,
    'server/db/system/health.ts': 1,
    // The library that counts attempts brings its own text, and the values apart.
    'server/security/attempt-limits.ts': 1,
  })
})

test('connections to elsewhere begin in these files alone', () => {
  const modules =
    'node:(https?|http2|net|tls|dgram)|googleapis/.*|@google/.*|nodemailer|pg|undici|@opentelemetry/exporter-.*'
  const clients = new RegExp(String.raw`^import (?!type ).*'(${modules})'|\bfetch\(`, 'gm')
  expect(
    Object.keys(placesOf(clients, 'server/'))
      .filter((name) => !name.startsWith('server/scripts/'))
      .sort(),
  ).toEqual([
    'server/adapters/gemini/embeddings.ts',
    'server/adapters/gemini/errors.ts',
    'server/adapters/gemini/gemini.ts',
    'server/adapters/google/calendar.ts',
    'server/adapters/google/gmail.ts',
    'server/adapters/google/oauth-client.ts',
    'server/adapters/hubspot.ts',
    'server/adapters/mailer.ts',
    'server/adapters/openai/server.ts',
    'server/adapters/otel.ts',
    'server/db/engine/connection.ts',
    'server/db/engine/silent-socket.ts',
    // What listens, and what reads an address.
    'server/http/server.ts',
    'server/security/network.ts',
  ])
})

test('what nobody may guess comes from the random source of node:crypto', () => {
  // These spread pauses, which anybody may guess.
  expect(placesOf(/\bMath\.random\b/g, 'server/')).toEqual({
    'server/adapters/http-wire.ts': 1,
    'server/adapters/pg-boss/postpone.ts': 1,
    'server/services/sync/retry.ts': 1,
  })
  // An id is no secret.
  expect(placesOf(/\brandomUUID\b/g, 'server/security/')).toEqual({})
  const secrets = Array.from({ length: 1_000 }, newSecret)
  expect(new Set(secrets).size).toBe(1_000)
  for (const secret of secrets) expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
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
