import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { lockDirectory } from '../../server/db/directory-lock.ts'
import { isBefore } from '../../server/scripts/findings.ts'
import { newSettings, runScript } from './script.ts'

test("a newcomer's machine works, with warnings that say what to do", async () => {
  using settings = newSettings()
  const { code, lines } = await runScript('doctor', { env: settings.env })
  expect(lines.map((line) => line.split(/ {2,}/).slice(0, 2).join(' '))).toEqual([
    'ok Node',
    'ok configuration',
    'warning Gmail',
    'warning Gemini',
    'ok database',
    'ok PostgreSQL',
    'ok pgvector',
    'warning migrations',
    'warning queue',
    'ok port',
  ])
  expect(lines.join('\n')).toMatch(/set GMAIL_CLIENT_ID and GMAIL_CLIENT_SECRET[^]*set GEMINI_API_KEY[^]*make migrate/)
  expect(code).toBe(0)
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
  expect(lines).toContainEqual(expect.stringMatching(/^problem {2}port .*set PORT to a free one$/))
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

async function listen() {
  const server = createServer((socket) => socket.destroy())
  await once(server.listen(0), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
