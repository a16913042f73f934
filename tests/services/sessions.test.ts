import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type SignedIn, startTestServer, type TestServer, password } from '../http/test-server.ts'

const dayMs = 86_400_000

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

function refresh(refreshToken: string) {
  return server.call('auth.refresh', { refreshToken })
}

async function successorOf(refreshToken: string): Promise<string> {
  const { body } = await refresh(refreshToken)
  return body.result.data.refreshToken as string
}

async function isAlive(user: SignedIn, token = user.accessToken) {
  const { status } = await server.call('mailboxes.authorizeUrl', { purpose: 'connect' }, { token })
  return status === 200
}

test('each refresh gives a new token of the same session, and the access token is a new one', async () => {
  const alice = await server.newUser()
  const { status, body } = await refresh(alice.refreshToken)
  expect(status).toBe(200)
  expect(body.result.data.user).toEqual(alice.user)
  expect(body.result.data.refreshToken).not.toBe(alice.refreshToken)
  expect(body.result.data.refreshToken).toMatch(new RegExp(`^${alice.user.id}\\.[\\w-]{43}$`))
  expect(await isAlive(alice, body.result.data.accessToken)).toBe(true)
})

test('a client whose answer was lost gets the same successor again, within 30 seconds', async () => {
  const alice = await server.newUser()
  const first = await successorOf(alice.refreshToken)
  server.clock.advance(25_000)
  expect(await successorOf(alice.refreshToken)).toBe(first)
  expect(await isAlive(alice)).toBe(true)
})

test('a hundred refreshes of one token at once give one successor', async () => {
  const alice = await server.newUser()
  const successors = await Promise.all(Array.from({ length: 100 }, () => successorOf(alice.refreshToken)))
  expect(new Set(successors).size).toBe(1)
  const rows = await server.db.selectFrom('refreshTokens').where('userId', '=', alice.user.id).select('id').execute()
  expect(rows).toHaveLength(2)
})

test('P2: a used token that comes again after the grace ends the session and all its tokens', async () => {
  const alice = await server.newUser()
  const successor = await successorOf(alice.refreshToken)
  server.clock.advance(31_000)
  const replay = await refresh(alice.refreshToken)
  expect(replay.status).toBe(401)
  expect(replay.body.error.data.reason).toBe('INVALID_REFRESH_TOKEN')
  expect((await refresh(successor)).status).toBe(401)
  expect(await isAlive(alice)).toBe(false)
})

test('a used token that comes again after its successor was used ends the session, even within the grace', async () => {
  const alice = await server.newUser()
  const second = await successorOf(alice.refreshToken)
  const third = await successorOf(second)
  expect((await refresh(alice.refreshToken)).status).toBe(401)
  expect((await refresh(third)).status).toBe(401)
})

test('reuse ends one session, not the others of the same user', async () => {
  const alice = await server.newUser()
  const login = await server.call('auth.login', { email: alice.user.email, password, tokenTransport: 'body' })
  const second = await successorOf(alice.refreshToken)
  await successorOf(second)
  expect((await refresh(alice.refreshToken)).status).toBe(401)
  expect((await refresh(login.body.result.data.refreshToken)).status).toBe(200)
})

test('a refresh token ends after seven idle days', async () => {
  const alice = await server.newUser()
  server.clock.advance(7 * dayMs - 60_000)
  const next = await successorOf(alice.refreshToken)
  server.clock.advance(7 * dayMs)
  expect((await refresh(next)).status).toBe(401)
})

test('a session ends after thirty days, however busy', async () => {
  const alice = await server.newUser()
  let token = alice.refreshToken
  for (let day = 0; day < 29; day++) {
    server.clock.advance(dayMs)
    token = await successorOf(token)
  }
  server.clock.advance(dayMs)
  expect((await refresh(token)).status).toBe(401)
})

test('after logout neither the refresh token nor a mutation works', async () => {
  const alice = await server.newUser()
  expect((await server.call('auth.logout', undefined, { token: alice.accessToken })).body.result.data).toEqual({
    ok: true,
  })
  expect((await refresh(alice.refreshToken)).status).toBe(401)
  expect(await isAlive(alice)).toBe(false)
})

test('logging out with an expired access token still ends the session of the cookie', async () => {
  const alice = await server.newUser()
  const answer = await server.call('auth.logout', undefined, { cookie: `reasonflow_refresh=${alice.refreshToken}` })
  expect(answer.status).toBe(200)
  expect((await refresh(alice.refreshToken)).status).toBe(401)
})

test.each([
  ['of another user', (token: string) => token.replace(/^[^.]+/, randomUUID())],
  ['with another secret', (token: string) => `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`],
  ['cut short', (token: string) => token.slice(0, -5)],
  ['with a third part', (token: string) => `${token}.x`],
  ['without an owner', (token: string) => token.split('.')[1] ?? ''],
])('a refresh token %s is refused and ends nothing', async (_, forge) => {
  const alice = await server.newUser()
  const forged = await refresh(forge(alice.refreshToken))
  expect(forged.status).toBe(401)
  expect(await isAlive(alice)).toBe(true)
})

test('an access token is no refresh token, and a refresh token no access token', async () => {
  const alice = await server.newUser()
  expect((await refresh(alice.accessToken)).status).toBe(400)
  expect((await server.ask('auth.me', undefined, { token: alice.refreshToken })).status).toBe(401)
  expect((await server.ask('auth.me', undefined, { token: alice.accessToken })).status).toBe(200)
})

test('the database holds no refresh token and no password', async () => {
  const alice = await server.newUser()
  const rows = await server.db.selectFrom('refreshTokens').where('userId', '=', alice.user.id).selectAll().execute()
  const user = await server.db.selectFrom('users').where('id', '=', alice.user.id).selectAll().execute()
  const dump = JSON.stringify([rows, user]) + rows.map((row) => row.tokenHash.toString('latin1')).join('')
  expect(dump).not.toContain(alice.refreshToken.split('.')[1])
  expect(dump).not.toContain(password)
})

test('a hash of weaker parameters is renewed when its owner signs in', async () => {
  const alice = await server.newUser()
  const { argon2Sync } = await import('node:crypto')
  const salt = Buffer.from('somesaltsomesalt')
  const weak = { message: password, nonce: salt, memory: 64, passes: 1, parallelism: 1, tagLength: 32 }
  const encoded = [salt, argon2Sync('argon2id', weak)].map((part) => part.toString('base64').replace(/=+$/, ''))
  const passwordHash = `$argon2id$v=19$m=64,t=1,p=1$${encoded.join('$')}`
  await server.db.updateTable('users').set({ passwordHash }).where('id', '=', alice.user.id).execute()

  const { status } = await server.call('auth.login', { email: alice.user.email, password, tokenTransport: 'body' })
  expect(status).toBe(200)
  const { passwordHash: renewed } = await server.db
    .selectFrom('users')
    .where('id', '=', alice.user.id)
    .select('passwordHash')
    .executeTakeFirstOrThrow()
  expect(renewed).toContain('$m=19456,t=2,p=1$')
})
