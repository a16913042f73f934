import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lockDirectory } from '../../server/db/engine/directory-lock.ts'
import { examineBackups } from '../../server/scripts/doctor/backups.ts'
import { judgeClocks } from '../../server/scripts/doctor/database.ts'
import { isBefore } from '../../server/scripts/doctor/findings.ts'
import { startServer } from '../support/server-process.ts'
import { newFolder, newSettings, runScript } from './script.ts'

test("a newcomer's machine works, with warnings that say what to do", async () => {
  using settings = newSettings()
  const { code, lines } = await runScript('doctor', { env: settings.env })
  expect(summaryOf(lines)).toEqual([
    'ok Node',
    'ok configuration',
    'ok secrets',
    'warning Gmail',
    'warning Gemini',
    'ok mail server',
    'ok database',
    'ok pgvector',
    'ok clock',
    'warning migrations',
    'ok port',
  ])
  expect(lines.join('\n')).toMatch(/set GMAIL_CLIENT_ID and GMAIL_CLIENT_SECRET[^]*set GEMINI_API_KEY[^]*make migrate/)
  expect(lines).toContain(
    'ok       secrets        JWT_SECRET_KEY from the environment, ENCRYPTION_KEY from the environment',
  )
  expect(code).toBe(0)
})

test('for programs it is one JSON object, with a fix for whatever is not well', async () => {
  using settings = newSettings()
  const { code, lines } = await runScript('doctor', { args: ['--json'], env: { ...settings.env, PORT: 'x' } })
  expect(code).toBe(1)
  const { findings } = JSON.parse(lines.join('')) as { findings: Record<string, string | null>[] }
  expect(findings.map(({ level, matter, fix }) => [level, matter, fix === null])).toEqual([
    ['ok', 'Node', true],
    ['problem', 'configuration', false],
  ])
  expect(findings[1]).toMatchObject({ detail: expect.stringContaining('PORT') as string })
})

test('beside a running server it asks that server, whose database nobody else may open', async () => {
  using settings = newSettings()
  await using server = await startServer({ DATA_DIR: settings.directory })
  const { code, lines } = await runScript('doctor', { env: { ...settings.env, PORT: String(server.port) } })
  expect(summaryOf(lines)).toEqual([
    'ok Node',
    'ok configuration',
    'ok secrets',
    'warning Gmail',
    'warning Gemini',
    'ok mail server',
    ...['database', 'database', 'migrations', 'queue'].map((matter) => `ok ${matter}`),
    'ok port',
  ])
  expect(lines).toContainEqual(
    `ok       database       embedded, ${settings.directory}, in the hands of the server that runs`,
  )
  expect(code).toBe(0)
})

test('what Google must be told is there to be copied', async () => {
  using settings = newSettings()
  const client = { GMAIL_CLIENT_ID: 'id', GMAIL_CLIENT_SECRET: 'secret', PORT: '8123' }
  const { lines } = await runScript('doctor', { env: { ...settings.env, ...client } })
  expect(lines).toContain(
    'ok       Gmail          redirect URI to register, exactly so: http://localhost:8123/api/v1/auth/gmail/callback',
  )
  expect(lines).toContainEqual(expect.stringMatching(/^ok {7}Google scopes {2}openid email https:.*gmail\.readonly /))

  const wrong = { ...client, GMAIL_REDIRECT_URI: 'http://localhost:8123/callback' }
  const { code, lines: told } = await runScript('doctor', { env: { ...settings.env, ...wrong } })
  expect(told).toContainEqual(expect.stringMatching(/^problem {2}Gmail .*which this server does not answer$/))
  expect(code).toBe(1)
})

test('a configuration that does not start is told whole, each line a problem', async () => {
  using settings = newSettings()
  const env = { ...settings.env, JWT_SECRET_KEY: 'short', PORT: 'x', GMAIL_CLIENT_ID: 'lone' }
  const { code, lines } = await runScript('doctor', { env })
  expect(code).toBe(1)
  expect(lines.filter((line) => line.startsWith('problem  configuration'))).toHaveLength(3)
})

test('a port and a database that somebody else has are told', async () => {
  using settings = newSettings()
  await using listener = await listen()
  const lock = lockDirectory(settings.directory)
  const { code, lines } = await runScript('doctor', { env: { ...settings.env, PORT: String(listener.port) } })
  lock.release()
  expect(code).toBe(1)
  expect(lines).toContainEqual(expect.stringMatching(`^warning  database .*in use by process ${process.pid}`))
  expect(lines).toContainEqual(expect.stringMatching(/^problem {2}port .*EADDRINUSE/))
  expect(lines.at(-1)).toMatch(/-> .*set PORT to a free one$/)
})

test('a data directory that cannot be used is a problem', async () => {
  using settings = newSettings()
  const file = join(settings.directory, 'file')
  writeFileSync(file, '')
  const { code, lines } = await runScript('doctor', { env: { ...settings.env, DATA_DIR: file } })
  expect(code).toBe(1)
  expect(lines).toContainEqual(expect.stringMatching(`^problem  data directory .*${file} cannot be used`))
})

test('a database that refuses the log-in is told apart from one that is not there', async () => {
  using settings = newSettings()
  await using listener = await listen((socket) => socket.once('data', () => socket.end(refusedLogIn)))
  const env = { ...settings.env, DATABASE_URL: `postgresql://me:wrong@127.0.0.1:${listener.port}/reasonflow` }
  const { code, lines } = await runScript('doctor', { env })
  expect(code).toBe(1)
  expect(lines).toContainEqual(expect.stringMatching(/^problem {2}database +The database refuses the log-in \(no\)\.$/))
})

test('a database that cannot be reached is a problem, without its password', async () => {
  using settings = newSettings()
  const env = { ...settings.env, DATABASE_URL: 'postgresql://postgres:hunter2@127.0.0.1:1/reasonflow' }
  const { code, lines } = await runScript('doctor', { env })
  expect(code).toBe(1)
  expect(lines).toContainEqual(expect.stringMatching(/^problem {2}database .*cannot be reached/))
  expect(lines.join('\n')).not.toContain('hunter2')
})

test.each([
  ['0.8.0', '0.8.2', true],
  ['0.8.2', '0.8.2', false],
  ['0.8.10', '0.8.2', false],
  ['9.6.24', '15', true],
  ['16.4 (Debian 16.4-1)', '15', false],
])('version %s comes before %s: %s', (version, other, expected) => {
  expect(isBefore(version, other)).toBe(expected)
})

test.each([
  [1_900, 'ok', "this machine's agrees"],
  [-3_000, 'warning', "3 seconds behind this machine's"],
  [150_000, 'problem', "2 minutes ahead of this machine's"],
])('clocks that are %s ms apart: %s', (aheadMs, level, detail) => {
  expect(judgeClocks(aheadMs)).toMatchObject({ level, detail: expect.stringContaining(detail) as string })
})

test('the age of the newest backup is told where backups are made', () => {
  using folder = newFolder()
  const examine = (env: 'production' | 'development', now = Date.now()) =>
    examineBackups({ env }, folder.path, now).map(({ level, detail }) => `${level} ${detail}`)
  expect(examine('production')).toEqual([])
  mkdirSync(join(folder.path, 'docker'))
  writeFileSync(join(folder.path, 'docker/backup.sh'), '')
  expect(examine('development')).toEqual([])
  expect(examine('production')).toEqual(['warning there is none'])
  mkdirSync(join(folder.path, 'backups'))
  writeFileSync(join(folder.path, 'backups/reasonflow-1.dump'), '')
  expect(examine('production', Date.now() + 3_700_000)).toEqual(['ok the newest is 61 minutes old'])
  expect(examine('development', Date.now() + 9 * 86_400_000 + 60_000)).toEqual(['warning the newest is 9 days old'])
})

/** Of each finding its level and matter. */
function summaryOf(lines: readonly string[]): string[] {
  return lines.filter((line) => !line.includes('->')).map((line) => line.split(/ {2,}/).slice(0, 2).join(' '))
}

/** An error of PostgreSQL on the wire. */
const fields = Buffer.from('SFATAL\0C28P01\0Mno\0\0')
const refusedLogIn = Buffer.concat([
  Buffer.from('E'),
  Buffer.from(Uint32Array.of(fields.length + 4).buffer).reverse(),
  fields,
])

async function listen(answer = (socket: Socket): unknown => socket.destroy()) {
  const server = createServer(answer)
  await once(server.listen(0), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
