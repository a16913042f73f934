import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp } from '../support/app.ts'
import { type GoogleBrowser, newPerson, openGoogleBrowser, type Person } from '../support/google-browser.ts'
import { answer, password } from '../http/test-server.ts'

let browser: GoogleBrowser
beforeAll(async () => {
  browser = await openGoogleBrowser()
})
afterAll(() => browser[Symbol.asyncDispose]())

test('who has no account gets one by signing in with Google, and is signed in in this browser', async () => {
  const person = newPerson()
  const { state, cookie } = await browser.begin({ purpose: 'login', returnTo: '/inbox' })
  const back = await browser.redirect({ state, code: browser.google.consent(state, person) }, cookie)
  expect(back.status).toBe(303)
  expect(back.headers.get('location')).toBe('http://localhost:3000/inbox?login=google')
  const set = back.cookies.find((line) => line.startsWith('reasonflow_refresh='))
  expect(set).toMatch(/HttpOnly; SameSite=Strict/)

  const user = await browser.userOf(set?.split(';')[0])
  expect(user.user.email).toBe(person.address)
  const { body } = await browser.server.ask('auth.logins', undefined, { token: user.accessToken })
  expect(body.result.data).toEqual({
    hasPassword: false,
    google: [{ ...person, since: expect.stringMatching(/^\d{4}-.*Z$/) }],
  })
  // Signing in reads no mail: nothing is connected.
  const { body: me } = await browser.server.ask('auth.me', undefined, { token: user.accessToken })
  expect(me.result.data.mailboxes).toEqual([])
  const { body: audit } = await browser.server.ask('audit.list', undefined, { token: user.accessToken })
  expect(audit.result.data.items[0]).toMatchObject({ action: 'REGISTERED', detail: { with: 'google' } })
})

test('who signs in with Google again is the same owner, whatever their address has become', async () => {
  const person = newPerson()
  const first = await browser.userOf((await browser.login(person)).refresh)
  const again = await browser.userOf((await browser.login({ ...person, address: 'new-name@gmail.example' })).refresh)
  expect(again.user).toEqual(first.user)
  const unverified = await browser.login({ ...person, addressVerified: false })
  expect((await browser.userOf(unverified.refresh)).user).toEqual(first.user)
})

test('twenty first log-ins of one Google account at once make one owner', async () => {
  const person = newPerson()
  const backs = await Promise.all(Array.from({ length: 20 }, () => browser.login(person)))
  const users = await browser.usersOf(person.address)
  expect(users).toHaveLength(1)
  const signedIn = await Promise.all(
    backs.filter(({ page }) => page.login).map(async ({ refresh }) => (await browser.userOf(refresh)).user.id),
  )
  expect(new Set(signedIn)).toEqual(new Set([users[0]?.id]))
  const refusals = backs.flatMap(({ page }) => page.error ?? [])
  expect(refusals.filter((reason) => !['ACCOUNT_EXISTS', 'RATE_LIMITED'].includes(reason))).toEqual([])
  await browser.server.db.deleteFrom('rateLimits').execute()
  expect((await browser.login(person)).page).toEqual({ login: 'google' })
})

test('an owner links a Google account with their password: it signs them in, and their other sessions end', async () => {
  const person = newPerson()
  const user = await browser.server.newUser()
  const other = await browser.server.call('auth.login', { email: user.user.email, password, tokenTransport: 'body' })
  expect((await browser.link(user, person)).page).toEqual({ linked: 'google' })
  expect((await browser.userOf((await browser.login(person)).refresh)).user).toEqual(user.user)

  const ended = await browser.server.call('auth.refresh', { refreshToken: other.body.result.data.refreshToken })
  expect(ended.body.error.data.reason).toBe('INVALID_REFRESH_TOKEN')
  expect((await browser.server.call('auth.refresh', { refreshToken: user.refreshToken })).status).toBe(200)
  const { body } = await browser.server.ask('audit.list', undefined, { token: user.accessToken })
  const actions = body.result.data.items.map(({ action }: { action: string }) => action)
  expect(actions).toContain('GOOGLE_LOGIN_LINKED')
})

test('a mailbox of one owner can be their log-in as well, and stays it when the mailbox is deleted', async () => {
  const person = newPerson()
  const user = await browser.server.newUser()
  const mailboxId = (await browser.connect(user, person)).page.connected
  await browser.link(user, person)
  const input = { mailboxId, storedMail: 'delete' }
  expect((await browser.server.call('mailboxes.disconnect', input, { token: user.accessToken })).status).toBe(200)
  await browser.server.drain()
  expect((await browser.userOf((await browser.login(person)).refresh)).user).toEqual(user.user)
  expect((await browser.connect(user, person)).page).toHaveProperty('connected')
})

test('who has no password is told to choose one before they link or delete', async () => {
  const user = await browser.userOf((await browser.login(newPerson())).refresh)
  await expect(browser.begin({ purpose: 'link', password }, user.accessToken)).rejects.toThrow('PASSWORD_NOT_SET')
  const { body } = await browser.server.call('auth.deleteAccount', { password }, { token: user.accessToken })
  expect(body.error.data.reason).toBe('PASSWORD_NOT_SET')
})

test('a Google log-in is taken away again, but never the last way in, and none of another owner', async () => {
  const [first, second] = [newPerson(), newPerson()]
  const user = await browser.server.newUser()
  await browser.link(user, first)
  await browser.link(user, second)
  const stranger = await browser.userOf((await browser.login(newPerson())).refresh)
  const remove = async (subject: string, token: string) =>
    (await browser.server.call('auth.removeGoogleLogin', { subject }, { token })).body
  expect((await remove(first.subject, stranger.accessToken)).error.data.reason).toBe('NOT_FOUND')
  expect((await remove(first.subject, user.accessToken)).result.data).toEqual({ ok: true })
  expect((await remove(first.subject, user.accessToken)).error.data.reason).toBe('NOT_FOUND')
  expect((await browser.login(second)).page).toEqual({ login: 'google' })

  const own = await browser.server.ask('auth.logins', undefined, { token: stranger.accessToken })
  const [only] = own.body.result.data.google as Person[]
  expect((await remove(only!.subject, stranger.accessToken)).error.data.reason).toBe('LAST_LOGIN')
  const after = await browser.server.ask('auth.logins', undefined, { token: stranger.accessToken })
  expect(after.body.result.data.google).toHaveLength(1)
})

test('with the real flow at Google: consent, the cookie, and a session', async () => {
  await using app = await createTestApp()
  const url = await app.url()
  await app.google.addAccount({ email: 'mara@gmail.example' })
  const post = (procedure: string, input: unknown, cookie = '') =>
    answer(`${url}/trpc/${procedure}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie },
      body: JSON.stringify(input),
    })
  const begun = await post('mailboxes.authorizeUrl', { purpose: 'login' })
  const back = await app.google.consent(begun.body.result.data.url as string, { email: 'mara@gmail.example' })
  const cookie = begun.cookies[0]?.split(';')[0] ?? ''
  const ended = await answer(`${url}${back.pathname}${back.search}`, { headers: { cookie } })
  expect(ended.headers.get('location')).toBe('http://localhost:3000/?login=google')
  const refresh = ended.cookies.find((line) => line.startsWith('reasonflow_refresh='))?.split(';')[0]
  const { body } = await post('auth.refresh', {}, refresh)
  expect(body.result.data.user.email).toBe('mara@gmail.example')
})
