import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GoogleBrowser, newPerson, openGoogleBrowser } from '../support/google-browser.ts'
import { password } from '../http/test-server.ts'

let browser: GoogleBrowser
beforeAll(async () => {
  browser = await openGoogleBrowser()
})
afterAll(() => browser[Symbol.asyncDispose]())

test('P5: pre-hijacking, merge: a Google account of equal address does not join an account with a password', async () => {
  const person = newPerson()
  const attacker = await browser.server.newUser(person.address)
  const back = await browser.login(person)
  expect(back.page).toEqual({ error: 'ACCOUNT_EXISTS' })
  expect(back.refresh).toBeUndefined()
  expect(await browser.usersOf(person.address)).toHaveLength(1)
  const { body } = await browser.server.ask('auth.logins', undefined, { token: attacker.accessToken })
  expect(body.result.data).toEqual({ hasPassword: true, google: [] })
})

test('pre-hijacking, the other way round: nobody registers a password for the address of a Google account', async () => {
  const person = newPerson()
  await browser.login(person)
  const { body } = await browser.server.call('auth.register', {
    email: person.address,
    password,
    tokenTransport: 'body',
  })
  expect(body.error.data.reason).toBe('EMAIL_TAKEN')
  const refused = await browser.server.call('auth.login', { email: person.address, password, tokenTransport: 'body' })
  expect(refused.body.error.data.reason).toBe('INVALID_CREDENTIALS')
})

test('pre-hijacking, a session kept alive: it ends when the owner of the address takes the account by a new password', async () => {
  const person = newPerson()
  const attacker = await browser.server.newUser(person.address)
  expect((await browser.reset(person.address, 'what the true owner chose')).status).toBe(200)
  const { body } = await browser.server.call('auth.refresh', { refreshToken: attacker.refreshToken })
  expect(body.error.data.reason).toBe('INVALID_REFRESH_TOKEN')
})

test('pre-hijacking, a trojan log-in: a Google account that was linked with the old password opens nothing after a reset', async () => {
  const [victim, trojan] = [newPerson(), newPerson()]
  const attacker = await browser.server.newUser(victim.address)
  expect((await browser.link(attacker, trojan)).page).toEqual({ linked: 'google' })
  expect((await browser.reset(victim.address, 'what the true owner chose')).status).toBe(200)
  const back = await browser.login(trojan)
  expect((await browser.userOf(back.refresh)).user.email).toBe(trojan.address)
  expect(await browser.usersOf(trojan.address)).toHaveLength(1)
})

test('a first password beside Google takes nothing away: no other password was there to link anything with', async () => {
  const person = newPerson()
  await browser.login(person)
  expect((await browser.reset(person.address, 'a first password here')).status).toBe(200)
  expect((await browser.login(person)).page).toEqual({ login: 'google' })
})

test('pre-hijacking, an address nobody has proven: it makes no account', async () => {
  const person = newPerson()
  expect((await browser.login({ ...person, addressVerified: false })).page).toEqual({ error: 'ADDRESS_UNVERIFIED' })
  expect(await browser.usersOf(person.address)).toHaveLength(0)
})

test('an address that came to belong to another Google account does not open the account of who had it before', async () => {
  const person = newPerson()
  const before = await browser.userOf((await browser.login(person)).refresh)
  const back = await browser.login({ ...person, subject: randomUUID() })
  expect(back.page).toEqual({ error: 'ACCOUNT_EXISTS' })
  expect((await browser.userOf((await browser.login(person)).refresh)).user).toEqual(before.user)
})

test('a Google account that is only a mailbox signs nobody in', async () => {
  const person = newPerson()
  const user = await browser.server.newUser()
  expect((await browser.connect(user, person)).page).toHaveProperty('connected')
  const back = await browser.login(person)
  expect(back.page).toEqual({ error: 'LOGIN_NOT_LINKED' })
  expect(back.refresh).toBeUndefined()
  expect(await browser.usersOf(person.address)).toHaveLength(0)
})

test.each([
  ['without the password', { purpose: 'link' }, 'VALIDATION_FAILED'],
  ['with a wrong password', { purpose: 'link', password: 'not this one' }, 'INVALID_CREDENTIALS'],
])('nothing is linked %s', async (_, input, reason) => {
  const user = await browser.server.newUser()
  await expect(browser.begin(input, user.accessToken)).rejects.toThrow(reason)
})

test.each(['link', 'connect'])('nobody begins to %s who is not signed in', async (purpose) => {
  const input = { purpose, ...(purpose === 'link' && { password }) }
  await expect(browser.begin(input)).rejects.toThrow('UNAUTHENTICATED')
  await expect(browser.begin(input, 'made.up.token')).rejects.toThrow('UNAUTHENTICATED')
  const user = await browser.server.newUser()
  await browser.server.call('auth.logout', undefined, { token: user.accessToken })
  await expect(browser.begin(input, user.accessToken)).rejects.toThrow('UNAUTHENTICATED')
})

test('a Google account that opens another account, or is its mailbox, is linked to nobody else', async () => {
  const [taken, mailbox] = [newPerson(), newPerson()]
  await browser.login(taken)
  await browser.connect(await browser.server.newUser(), mailbox)
  const user = await browser.server.newUser()
  for (const person of [taken, mailbox])
    expect((await browser.link(user, person)).page).toEqual({ error: 'GOOGLE_ACCOUNT_TAKEN' })
  const { body } = await browser.server.ask('auth.logins', undefined, { token: user.accessToken })
  expect(body.result.data.google).toEqual([])
})

test('a log-in of one owner is no mailbox of another, and the try stands in the audit log', async () => {
  const person = newPerson()
  await browser.login(person)
  const user = await browser.server.newUser()
  expect((await browser.connect(user, person)).page).toEqual({ error: 'MAILBOX_TAKEN' })
  const { body } = await browser.server.ask('audit.list', undefined, { token: user.accessToken })
  expect(body.result.data.items[0]).toMatchObject({ action: 'MAILBOX_REFUSED', detail: { reason: 'MAILBOX_TAKEN' } })
})

test('a link that was begun in a session that has ended meanwhile links nothing', async () => {
  const person = newPerson()
  const user = await browser.server.newUser()
  const { state, cookie } = await browser.begin({ purpose: 'link', password }, user.accessToken)
  await browser.server.call('auth.logoutEverywhere', undefined, { token: user.accessToken })
  const back = await browser.comeBack({ state, code: browser.google.consent(state, person) }, cookie)
  expect(back.page).toEqual({ error: 'SESSION_ENDED' })
  expect((await browser.login(person)).page).toEqual({ login: 'google' })
  expect((await browser.usersOf(person.address))[0]?.id).not.toBe(user.user.id)
})

test("a log-in an attacker began does not end in the victim's browser", async () => {
  const attacker = newPerson()
  const begun = await browser.begin({ purpose: 'login' })
  const victims = await browser.begin({ purpose: 'login' })
  const back = await browser.comeBack(
    { state: begun.state, code: browser.google.consent(begun.state, attacker) },
    victims.cookie,
  )
  expect(back.page).toEqual({ error: 'STATE_INVALID' })
  expect(back.refresh).toBeUndefined()
})

test('a code of another beginning signs nobody in', async () => {
  const [mine, theirs] = [await browser.begin({ purpose: 'login' }), await browser.begin({ purpose: 'login' })]
  const back = await browser.comeBack(
    { state: mine.state, code: browser.google.consent(theirs.state, newPerson()) },
    mine.cookie,
  )
  expect(back.page).toEqual({ error: 'EXCHANGE_FAILED' })
  expect(back.refresh).toBeUndefined()
})

test('a state of a log-in works once, for ten minutes, and for nothing but that', async () => {
  const person = newPerson()
  const { state, cookie } = await browser.begin({ purpose: 'login' })
  expect((await browser.comeBack({ state, code: browser.google.consent(state, person) }, cookie)).page).toEqual({
    login: 'google',
  })
  const replayed = await browser.comeBack({ state, code: browser.google.consent(state, person) }, cookie)
  expect(replayed.page).toEqual({ error: 'STATE_INVALID' })

  const late = await browser.begin({ purpose: 'login' })
  browser.server.clock.advance(601_000)
  const back = await browser.comeBack(
    { state: late.state, code: browser.google.consent(late.state, person) },
    late.cookie,
  )
  expect(back.page).toEqual({ error: 'STATE_INVALID' })
})

test('who is signed in already and begins a log-in links nothing to that account', async () => {
  const person = newPerson()
  const user = await browser.server.newUser()
  const { state, cookie } = await browser.begin({ purpose: 'login' }, user.accessToken)
  const back = await browser.comeBack({ state, code: browser.google.consent(state, person) }, cookie)
  expect((await browser.userOf(back.refresh)).user.id).not.toBe(user.user.id)
  const { body } = await browser.server.ask('auth.logins', undefined, { token: user.accessToken })
  expect(body.result.data.google).toEqual([])
})

test('a deleted account is opened by no Google account, which makes a new one', async () => {
  const person = newPerson()
  const user = await browser.server.newUser()
  await browser.link(user, person)
  await browser.server.call('auth.deleteAccount', { password }, { token: user.accessToken })
  const back = await browser.login(person)
  expect(back.page).toEqual({ login: 'google' })
  expect((await browser.userOf(back.refresh)).user.id).not.toBe(user.user.id)
})

test('one network begins three hundred log-ins in ten minutes, and no more', async () => {
  const begins = async () => (await browser.server.call('mailboxes.authorizeUrl', { purpose: 'login' })).status
  await browser.server.db.deleteFrom('rateLimits').execute()
  for (let count = 0; count < 300; count += 1) expect(await begins()).toBe(200)
  expect(await begins()).toBe(429)
  await browser.server.db.deleteFrom('rateLimits').execute()
})
