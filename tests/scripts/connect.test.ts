import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Environment } from '../../server/environment.ts'
import { createTestApp, type TestApp, type TestOwner } from '../support/app.ts'
import { bare, holdDeafPort } from '../support/child.ts'
import { newSettings, runScript } from './script.ts'

const password = 'correct horse battery'

test('a person without a frontend connects their Gmail, and leaves no session behind', async () => {
  await using app = await createTestApp()
  const owner = await app.newOwner()
  await app.google.addAccount({ email: owner.email, name: 'Mara Lindqvist' })
  await using script = startConnect(await portOf(app), [owner.email, password])

  const address = await script.page()
  expect((await fetch(`${address}favicon.ico`)).status).toBe(404)
  expect(await consent(app, owner, address)).toMatch(/\?connected=/)

  expect(await script.ended).toBe(0)
  expect(script.output()).toContain(`${owner.email} is connected. The page in the browser may be closed.`)
  const { items } = await app.as(owner).mailboxes.list()
  expect(items).toMatchObject([{ address: owner.email, status: 'active' }])
  expect(await liveSessions(app, owner)).toBe(1)
})

test('a newcomer is registered, and a second mailbox is told from the first', async () => {
  await using app = await createTestApp()
  const port = await portOf(app)
  for (const address of ['first@studio.example', 'second@studio.example']) {
    await app.google.addAccount({ email: address, name: 'Mara Lindqvist' })
    await using script = startConnect(port, [password], ['--email', 'mara@studio.example', '--register'])
    await consent(app, { email: address }, await script.page())
    expect(await script.ended).toBe(0)
    expect(script.output()).toContain(`${address} is connected.`)
  }
})

test('the page has the host that Google returns to, for a cookie belongs to a host', async () => {
  await using app = await createTestApp()
  const owner = await app.newOwner()
  const port = await portOf(app)
  await using script = startConnect(port, [owner.email, password], [], returnTo(`http://127.0.0.1:${port}`))
  expect(await script.page()).toMatch(/^http:\/\/127\.0\.0\.1:/)
})

test.each(['http://localhost:1', 'https://api.studio.example'])(
  'when Google would return to %s, where the server is not, nothing is asked',
  async (origin) => {
    await using script = startConnect(8000, [], [], returnTo(origin))
    expect(await script.ended).toBe(1)
    expect(script.output()).toContain(`Google would return to ${origin}/api/v1/auth/gmail/callback, where this server`)
    expect(script.output()).toContain('GMAIL_REDIRECT_URI=http://localhost:8000/api/v1/auth/gmail/callback')
  },
)

test('Ctrl-C stops the waiting, and a consent after it connects nothing', async () => {
  await using app = await createTestApp()
  const owner = await app.newOwner()
  await app.google.addAccount({ email: owner.email, name: 'Mara Lindqvist' })
  await using script = startConnect(await portOf(app), [owner.email, password])
  const visit = await fetch(await script.page(), { redirect: 'manual' })

  script.interrupt()
  expect(await script.ended).toBe(130)
  expect(script.output()).toMatch(/Stopped: no mailbox was connected\.\n$/)
  expect(await returnFromGoogle(app, owner, visit)).toMatch(/\?error=SESSION_ENDED$/)
})

test('a wrong password is one sentence, and nobody is registered', async () => {
  await using app = await createTestApp()
  const owner = await app.newOwner()
  await using script = startConnect(await portOf(app), [owner.email, 'not the password'])
  expect(await script.ended).toBe(1)
  expect(script.output()).toBe('The address or the password is not right. --register makes a new account.\n')
})

test('registering an address that is taken says so', async () => {
  await using app = await createTestApp()
  const owner = await app.newOwner()
  await using script = startConnect(await portOf(app), [owner.email, 'not the password'], ['--register'])
  expect(await script.ended).toBe(1)
  expect(script.output()).toBe('There is an account with this address already. Sign in instead.\n')
})

test('a server without a Gmail client says what to set and what to register at Google', async () => {
  await using app = await createTestApp({ config: { google: null } })
  const owner = await app.newOwner()
  const port = await portOf(app)
  await using script = startConnect(port, [owner.email, password])
  expect(await script.ended).toBe(1)
  expect(script.output()).toMatch(/GMAIL_CLIENT_ID, GMAIL_CLIENT_SECRET/)
  expect(script.output()).toContain(`redirect URI http://localhost:${port}/api/v1/auth/gmail/callback`)
  expect(await liveSessions(app, owner)).toBe(1)
})

test('a server that does not run is one sentence', async () => {
  await using held = await holdDeafPort()
  await using script = startConnect(held.port, ['mara@studio.example', password])
  expect(await script.ended).toBe(1)
  expect(script.output()).toBe(
    `No server answers at http://localhost:${held.port} (ECONNREFUSED). Start it in another terminal: make dev\n`,
  )
})

test('an option that is not known does nothing, and says what is', async () => {
  using settings = newSettings()
  const { code, errors } = await runScript('connect', { args: ['--password', 'x'], env: settings.env })
  expect({ code, errors }).toEqual({
    code: 1,
    errors: 'Usage: npm run connect [-- --email me@example.com] [--register]',
  })
})

function returnTo(origin: string): Record<string, string> {
  return {
    GMAIL_CLIENT_ID: 'client',
    GMAIL_CLIENT_SECRET: 'secret',
    GMAIL_REDIRECT_URI: `${origin}/api/v1/auth/gmail/callback`,
  }
}

async function portOf(app: TestApp): Promise<number> {
  return Number(new URL(await app.url()).port)
}

/** The browser: opens the page, agrees at Google, comes back with its cookie; answers where it ends. */
async function consent(app: TestApp, person: Pick<TestOwner, 'email'>, page: string): Promise<string | null> {
  return await returnFromGoogle(app, person, await fetch(page, { redirect: 'manual' }))
}

async function returnFromGoogle(app: TestApp, { email }: Pick<TestOwner, 'email'>, visit: Response) {
  expect(visit.status).toBe(302)
  const [cookie = '', ...others] = visit.headers.getSetCookie()
  expect(others).toEqual([])
  expect(cookie).toMatch(/^reasonflow_browser=[\w-]{43}; Max-Age=600; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/)

  const callback = await app.google.consent(visit.headers.get('location') ?? '', { email })
  // As the default configuration has it: the host of the page, the port of the server.
  callback.host = `localhost:${await portOf(app)}`
  const headers = { cookie: cookie.split(';')[0] ?? '' }
  const answer = await fetch(callback, { headers, redirect: 'manual' })
  return answer.headers.get('location')
}

async function liveSessions({ db }: TestApp, { userId }: TestOwner): Promise<number> {
  const rows = await db
    .selectFrom('sessions')
    .where('userId', '=', userId)
    .where('endedAt', 'is', null)
    .select('id')
    .execute()
  return rows.length
}

/** The script as a pipe runs it, with these lines on its stdin; killed on disposal if it still runs. */
function startConnect(port: number, lines: readonly string[], args: readonly string[] = [], env = {}) {
  const settings = newSettings()
  const blank = Object.fromEntries(Object.keys(Environment.shape).map((variable) => [variable, '']))
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../server/scripts/connect.ts'), ...args], {
    env: { ...bare, ...blank, ...settings.env, PORT: String(port), ...env },
  })
  child.stdin.end(lines.map((line) => `${line}\n`).join(''))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return {
    ended,
    output: () => output,
    interrupt: () => child.kill('SIGINT'),
    /** The address it prints. */
    page: () =>
      new Promise<string>((resolve, reject) => {
        const look = () => {
          const [, address] = /^Open (http:\/\/\S+:\d+\/) in your browser$/m.exec(output) ?? []
          if (address) resolve(address)
        }
        child.stdout.on('data', look)
        child.on('close', () => reject(new Error(`the script ended without a page:\n${output}`)))
        look()
      }),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
      settings[Symbol.dispose]()
    },
  }
}
