import { randomUUID } from 'node:crypto'
import { dictionary } from '@zxcvbn-ts/language-common'
import jwt from 'jsonwebtoken'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { attemptLimits } from '../../server/security/attempt-limits.ts'
import { isGuessedFirst } from '../../server/security/password.ts'
import { password, startTestServer, type TestServer } from '../http/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
beforeEach(async () => {
  await server.db.deleteFrom('rateLimits').execute()
})
afterAll(() => server[Symbol.asyncDispose]())

function newAddress() {
  return `${randomUUID()}@example.com`
}

test('registering signs in: user, access token, and the refresh token in the cookie only', async () => {
  const email = newAddress()
  const { status, body, cookies } = await server.call('auth.register', { email, password })
  const { user, accessToken, expiresIn, ...rest } = body.result.data
  expect(status).toBe(200)
  expect(user).toEqual({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), email })
  expect(expiresIn).toBe(1800)
  expect(rest).toEqual({})
  expect(cookies).toEqual([
    expect.stringMatching(
      new RegExp(
        `^reasonflow_refresh=${user.id}\\.[\\w-]{43}; Max-Age=2592000; Path=/; Expires=[^;]+; HttpOnly; SameSite=Strict$`,
      ),
    ),
    expect.stringMatching(/^reasonflow_device=[\w.-]{87}; Max-Age=15552000; .+; HttpOnly; SameSite=Strict$/),
  ])
  expect(jwt.decode(accessToken)).toMatchObject({ sub: user.id, aud: 'reasonflow' })
  const settings = await server.db.selectFrom('settings').where('userId', '=', user.id).select('autonomy').execute()
  expect(settings).toEqual([{ autonomy: 'ask' }])
})

test('with transport body the refresh token is in the body and no cookie is set', async () => {
  const { body, cookies } = await server.call('auth.register', {
    email: newAddress(),
    password,
    tokenTransport: 'body',
  })
  expect(body.result.data.refreshToken).toMatch(/^[0-9a-f-]{36}\.[\w-]{43}$/)
  expect(cookies).toEqual([])
})

test('a taken address is refused, in whatever letters it is written', async () => {
  const email = newAddress()
  await server.call('auth.register', { email, password })
  const { status, body } = await server.call('auth.register', { email: email.toUpperCase(), password: 'another one' })
  expect(status).toBe(409)
  expect(body.error).toMatchObject({ message: expect.stringMatching(/already/), data: { reason: 'EMAIL_TAKEN' } })
})

test('twenty registrations of one address at once make one user', async () => {
  const email = newAddress()
  const limits = { ...attemptLimits.register }
  const answers = await Promise.all(
    Array.from({ length: limits.pair }, () => server.call('auth.register', { email, password })),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(limits.pair - 1)
})

test('P14: a wrong password and an unknown user get the same answer', async () => {
  const alice = await server.newUser()
  const [wrong, unknown] = await Promise.all([
    server.call('auth.login', { email: alice.user.email, password: 'wrong password' }),
    server.call('auth.login', { email: newAddress(), password: 'wrong password' }),
  ])
  expect(wrong.status).toBe(401)
  expect(wrong.body.error.data.reason).toBe('INVALID_CREDENTIALS')
  const comparable = ({ body, ...answer }: typeof wrong) => ({
    ...answer,
    headers: [...answer.headers.keys()].sort(),
    length: answer.headers.get('content-length'),
    body: { ...body.error, data: { ...body.error.data, requestId: '' } },
  })
  expect(comparable(wrong)).toEqual(comparable(unknown))
})

test('the cookie signs a browser in again, and the answer brings a new cookie', async () => {
  const { cookies } = await server.call('auth.register', { email: newAddress(), password })
  const cookie = cookies[0]?.split(';')[0] ?? ''
  const { status, body, cookies: renewed } = await server.call('auth.refresh', undefined, { cookie })
  expect(status).toBe(200)
  expect(body.result.data.refreshToken).toBeUndefined()
  expect(renewed[0]).toMatch(/^reasonflow_refresh=.+HttpOnly; SameSite=Strict$/)
  expect(renewed[0]?.split(';')[0]).not.toBe(cookie)
})

test('logout clears the cookie', async () => {
  const alice = await server.newUser()
  const { cookies } = await server.call('auth.logout', undefined, { token: alice.accessToken })
  expect(cookies[0]).toMatch(/^reasonflow_refresh=; .*Expires=Thu, 01 Jan 1970/)
})

test('a client without cookies ends its session with its refresh token, even when its access token has expired', async () => {
  const registered = await server.call('auth.register', { email: newAddress(), password, tokenTransport: 'body' })
  const { refreshToken } = registered.body.result.data
  expect((await server.call('auth.logout', { refreshToken })).status).toBe(200)
  expect((await server.call('auth.refresh', { refreshToken })).status).toBe(401)
})

test('refreshing without any token says that nobody is signed in', async () => {
  const { status, body } = await server.call('auth.refresh')
  expect(status).toBe(401)
  expect(body.error.data.reason).toBe('INVALID_REFRESH_TOKEN')
})

test('me tells who is signed in and what is missing', async () => {
  const alice = await server.newUser()
  const { body } = await server.ask('auth.me', undefined, { token: alice.accessToken })
  expect(body.result.data).toEqual({ user: alice.user, mailboxes: [], missing: ['GEMINI_KEY', 'MAILBOX'] })
})

test('a valid token of a deleted user opens nothing', async () => {
  const alice = await server.newUser()
  await server.db.deleteFrom('users').where('id', '=', alice.user.id).execute()
  for (const answer of [
    await server.ask('auth.me', undefined, { token: alice.accessToken }),
    await server.call('mailboxes.authorizeUrl', { purpose: 'connect' }, { token: alice.accessToken }),
  ]) {
    expect(answer.status).toBe(401)
    expect(answer.body.error.data.reason).toBe('UNAUTHENTICATED')
  }
})

test.each([
  ['register', { email: 'no address', password }, 'email'],
  ['register', { email: 'a@example.com', password: 'short' }, 'password'],
  ['register', { email: 'a@example.com', password: 'x'.repeat(129) }, 'password'],
  ['register', { email: 'a@example.com', password, userId: randomUUID() }, 'userId'],
  ['login', { email: 'a@example.com', password, isAdmin: true }, 'isAdmin'],
  ['login', { email: ['a@example.com'], password }, 'email'],
  ['refresh', { refreshToken: 'x'.repeat(257) }, 'refreshToken'],
  ['logout', { sessionId: randomUUID() }, 'sessionId'],
])('auth.%s refuses %o and names the field %s', async (procedure, input, field) => {
  const { status, body } = await server.call(`auth.${procedure}`, input)
  expect(status).toBe(400)
  expect(body.error.data.reason).toBe('VALIDATION_FAILED')
  expect(Object.keys(body.error.data.fieldErrors)).toContain(field)
})

test.each([
  ['common', 'password123'],
  ['common in capitals', 'PASSWORD123'],
  ['common for its keys', '1qaz2wsx'],
  ['one character', 'zzzzzzzzzz'],
  ['the address', 'mara.lindqvist@studio.example'],
  ['the name in the address', 'Mara.Lindqvist'],
  ['the name and a year', 'mara.lindqvist26!'.slice(0, 16)],
])('a password that is %s is refused with what to do instead', async (_, weak) => {
  const email = 'mara.lindqvist@studio.example'
  const { status, body } = await server.call('auth.register', { email, password: weak })
  expect(status).toBe(400)
  expect(body.error.data.reason).toBe('VALIDATION_FAILED')
  expect(body.error.message).toBe(
    'This password is among the first that are tried: choose several words that do not belong together.',
  )
  expect(body.error.data.fieldErrors).toEqual({ password: [body.error.message] })
})

test('each of the 3,000 commonest passwords of eight and more characters is refused, the longer and odder are not', () => {
  const commonest = dictionary['passwords-common'].filter(({ length }) => length >= 8).slice(0, 3_000)
  expect(commonest).toHaveLength(3_000)
  expect(commonest.filter((weak) => !isGuessedFirst(weak, 'a@example.com'))).toEqual([])
  for (const good of [password, 'a long day at the lake', 'Zürich-Enge 17:04', 'mara.lindqvist likes tea']) {
    expect(isGuessedFirst(good, 'mara.lindqvist@studio.example')).toBe(false)
  }
})

test('a password of 8 to 128 characters is taken and counts to its last one, shorter and longer ones are refused', async () => {
  const odd = (length: number) => 'lake 17 Zürich, a long day; '.repeat(5).slice(0, length)
  for (const [length, expected] of [
    [7, 400],
    [8, 200],
    [64, 200],
    [128, 200],
    [129, 400],
  ] as const) {
    const email = newAddress()
    const { status } = await server.call('auth.register', { email, password: odd(length) })
    expect([length, status]).toEqual([length, expected])
    if (expected === 400) continue
    expect((await server.call('auth.login', { email, password: odd(length) })).status).toBe(200)
    for (const other of [odd(length).slice(0, -1), odd(length).toUpperCase()])
      expect((await server.call('auth.login', { email, password: other })).status).toBe(401)
  }
})

test('half a character in a password is refused: it would be replaced, and open to others', async () => {
  for (const name of ['auth.register', 'auth.login']) {
    const { status, body } = await server.call(name, { email: newAddress(), password: 'correct \ud800 horse' })
    expect(status).toBe(400)
    expect(body.error.data.fieldErrors).toEqual({ password: ['holds half a character: type it anew'] })
  }
  const { status } = await server.call('auth.register', { email: newAddress(), password: 'correct 🐎 horse' })
  expect(status).toBe(200)
})

test('__proto__ in a body is refused with a field error and pollutes nothing', async () => {
  const { status, body } = await server.call('auth.login', undefined, {})
  expect(status).toBe(400)
  expect(body.error.data.reason).toBe('VALIDATION_FAILED')
  const raw = `{"email":"a@example.com","password":"${password}","__proto__":{"polluted":true}}`
  const response = await fetch(`${server.url}/trpc/auth.login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: raw,
  })
  const answer = (await response.json()) as { error: { data: { fieldErrors: object } } }
  expect(response.status).toBe(400)
  expect(Object.getOwnPropertyNames(answer.error.data.fieldErrors)).toEqual(['__proto__'])
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})

test('failed logins for one account from one network are refused after a while, told when to come back', async () => {
  const alice = await server.newUser()
  const wrong = { email: alice.user.email, password: 'wrong password' }
  for (let attempt = 0; attempt < attemptLimits.login.pair; attempt++) {
    expect((await server.call('auth.login', wrong)).status).toBe(401)
  }
  const { status, body, headers } = await server.call('auth.login', wrong)
  expect(status).toBe(429)
  expect(body.error.data.reason).toBe('RATE_LIMITED')
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(attemptLimits.login.windowSeconds)
})

test("a stranger's guesses in the same network do not keep out a browser that has signed in before", async () => {
  const email = newAddress()
  const { cookies } = await server.call('auth.register', { email, password })
  const cookieOf = (name: string) => cookies.find((cookie) => cookie.startsWith(name))?.split(';')[0] ?? ''
  const wrong = { email, password: 'wrong password' }
  for (let attempt = 0; attempt < attemptLimits.login.pair; attempt++) await server.call('auth.login', wrong)
  const login = { email, password }
  expect((await server.call('auth.login', login)).status).toBe(429)
  expect((await server.call('auth.login', login, { cookie: cookieOf('reasonflow_device') })).status).toBe(200)
  expect((await server.call('auth.login', login, { cookie: cookieOf('reasonflow_refresh') })).status).toBe(200)

  const other = await server.call('auth.register', { email: newAddress(), password })
  const foreign = other.cookies.map((cookie) => cookie.split(';')[0]).join('; ')
  expect((await server.call('auth.login', login, { cookie: foreign })).status).toBe(429)
  for (let attempt = 0; attempt < attemptLimits.login.pair; attempt++) {
    await server.call('auth.login', wrong, { cookie: cookieOf('reasonflow_device') })
  }
  expect((await server.call('auth.login', wrong, { cookie: cookieOf('reasonflow_device') })).status).toBe(429)
})

test('successful logins are never counted against their owner', async () => {
  const alice = await server.newUser()
  for (let attempt = 0; attempt < attemptLimits.login.pair + 3; attempt++) {
    expect((await server.call('auth.login', { email: alice.user.email, password })).status).toBe(200)
  }
})

test('registrations from one network are refused after a while', async () => {
  for (let attempt = 0; attempt < attemptLimits.register.network; attempt++) {
    await server.call('auth.register', { email: newAddress(), password })
  }
  expect((await server.call('auth.register', { email: newAddress(), password })).status).toBe(429)
})
