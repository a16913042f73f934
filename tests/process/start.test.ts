// Slow: servers are processes of their own, each with an embedded database to open.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { newFolder, startNode } from '../support/child.ts'
import { environment, newDataDirectory, type ServerProcess, startMain, startServer } from '../support/server-process.ts'

let directory: Awaited<ReturnType<typeof newDataDirectory>>
let server: ServerProcess
beforeAll(async () => {
  directory = await newDataDirectory()
  server = await startServer(directory.env)
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await directory[Symbol.asyncDispose]()
})

/** How a process that cannot start ends: exit code 1 and what it printed, without a stack. */
async function refusalOf(env: Record<string, string>): Promise<string> {
  await using child = startMain({ LOG_LEVEL: 'warn', ...env })
  const { code } = await child.ended
  const output = child.output().trim()
  expect(code).toBe(1)
  expect(output).not.toMatch(/\n\s+at |node:internal|Error:/)
  return output
}

test('the server starts and says that it is well', async () => {
  // On a busy machine its database may answer late at first, and it says so.
  await vi.waitFor(async () => {
    const response = await fetch(`${server.url}/health`)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      status: 'ok',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      checks: {
        database: { status: 'ok' },
        migrations: { status: 'ok' },
        queue: { status: 'ok' },
        gemini: { status: 'off', detail: expect.any(String) as string },
        gmail: { status: 'off', detail: expect.any(String) as string },
      },
    })
  }, 60_000)
})

test('a second process on the same data directory is refused in one sentence, and the first goes on', async () => {
  const refusal = await refusalOf({ ...directory.env, PORT: '0' })
  expect(refusal.split('\n')).toHaveLength(1)
  expect(refusal).toContain(`The data directory ${directory.env.DATA_DIR} is in use by process ${server.pid}.`)
  expect((await fetch(`${server.url}/health`)).status).toBe(200)
})

test('a port that is taken is named in one sentence', async () => {
  await using other = await newDataDirectory()
  const refusal = await refusalOf({ ...other.env, PORT: String(server.port) })
  expect(refusal.split('\n').at(-1)).toMatch(new RegExp(`^Port ${server.port} is in use by another process\\.`))
})

test('all that is wrong with the environment is told at once', async () => {
  const refusal = await refusalOf({
    PORT: 'eighty',
    ROLES: 'api',
    JWT_SECRET_KEY: 'short',
    ENCRYPTION_KEY: 'c2hvcnQ=',
    CORS_ORIGINS: 'http://localhost:3000',
    GMAIL_CLIENT_ID: 'only the half',
    MODEL_PROVIDER: 'gemini',
  })
  expect(refusal).toMatch(/^The configuration is not usable:\n/)
  for (const name of [
    'PORT',
    'ROLES',
    'JWT_SECRET_KEY',
    'ENCRYPTION_KEY',
    'CORS_ORIGINS',
    'GMAIL_CLIENT_SECRET',
    'GEMINI_API_KEY',
  ])
    expect(refusal).toMatch(new RegExp(`^  - .*${name}`, 'm'))
  expect(refusal).not.toContain('short')
})

test('a database that cannot be reached is one sentence', async () => {
  const refusal = await refusalOf({ DATABASE_URL: 'postgresql://me:secret@127.0.0.1:1/reasonflow' })
  expect(refusal).toMatch(/^The database cannot be reached \(.*\)\. Check DATABASE_URL and that the server runs\.$/)
  expect(refusal).not.toContain('secret')
})

test('a data directory that is no directory is one sentence', async () => {
  using folder = newFolder()
  const file = join(folder.path, 'file')
  writeFileSync(file, '')
  const refusal = await refusalOf({ DATA_DIR: file })
  expect(refusal.split('\n')).toHaveLength(1)
  expect(refusal).toContain(file)
})

/** Prints as soon as the process listens to signals, which is before it has loaded. */
const tellsOfListeners = `data:text/javascript,process.on('newListener', (name) => console.log('listens to', name))`

test.each([
  ['while it loads', 0],
  ['while it opens its database', 1_500],
])('a signal that comes %s ends the process in order', async (_when, afterMs) => {
  await using other = await newDataDirectory()
  await using child = startNode(['--import', tellsOfListeners, 'server/main.ts'], {
    ...environment,
    ...other.env,
    PORT: '0',
  })
  await child.printed('listens to SIGTERM')
  await setTimeout(afterMs)
  child.kill('SIGTERM')
  expect(await child.ended).toEqual({ code: 0, signal: null })
  expect(child.output()).not.toMatch(/Error:/)
})

test('where a restart would not help, a container says so once and waits to be stopped', async () => {
  await using child = startMain({ START_FAILURE: 'wait', PORT: 'eighty' })
  await child.printed('It waits here until it is stopped')
  expect(child.output()).toMatch(/^The configuration is not usable:\n {2}- PORT: /)
  child.kill('SIGTERM')
  expect(await child.ended).toEqual({ code: 1, signal: null })
})

test('a database that is not up yet is waited for, and told of once', async () => {
  await using child = startMain({
    START_FAILURE: 'wait',
    DATABASE_URL: 'postgresql://me:secret@127.0.0.1:1/reasonflow',
  })
  await child.printed('It is tried again until it answers.')
  await setTimeout(3_000)
  child.kill('SIGTERM')
  expect(await child.ended).toEqual({ code: 0, signal: null })
  expect(child.output().match(/cannot be reached/g)).toHaveLength(1)
})

test('a new server without secrets makes its own, and the next start takes them', async () => {
  await using other = await newDataDirectory()
  const unset = { ...other.env, JWT_SECRET_KEY: 'your-random-secret', ENCRYPTION_KEY: '' }
  const ask = (url: string, name: string) =>
    fetch(`${url}/trpc/auth.${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'mara@studio.example', password: 'a long enough phrase', tokenTransport: 'body' }),
    })
  {
    await using first = await startServer(unset)
    expect(first.output()).toContain('ENCRYPTION_KEY is not set: one was made')
    expect((await ask(first.url, 'register')).status).toBe(200)
    first.kill('SIGTERM')
    await first.ended
  }
  await using second = await startServer(unset)
  expect(second.output()).not.toContain('one was made')
  expect((await ask(second.url, 'login')).status).toBe(200)
})
