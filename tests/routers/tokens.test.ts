import { randomUUID } from 'node:crypto'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { removeExpired } from '../../server/services/expiry.ts'
import { mostTokens } from '../../server/services/personal-tokens.ts'
import { CreatedToken, type TokenScope, TokenPage } from '../../shared-types/index.ts'
import { createTestApp } from '../support/app.ts'
import { httpClient, refusalOf } from '../support/http-client.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
beforeEach(() => app.db.deleteFrom('rateLimits').execute())

const password = 'correct horse battery'

async function register() {
  const guest = await httpClient(app, null)
  const email = `${randomUUID()}@example.com`
  const tokens = await guest.auth.register.mutate({ email, password, tokenTransport: 'body' })
  const client = await httpClient(app, tokens)
  const create = (name = 'Report', scopes: TokenScope[] = ['read'], expiresInDays = 30) =>
    client.auth.createToken.mutate({ name, scopes, expiresInDays })
  return { guest, email, tokens, client, create, userId: tokens.user.id }
}

const program = (token: string) => httpClient(app, { accessToken: token })
const bad = async () => refusalOf((await program('no.such.token')).emails.list.query({}))

test('a token is told once, is kept as a hash, and lets its program read as its owner', async () => {
  const { client, create, userId } = await register()
  const made = await create('Report', ['read', 'draft'])
  expect(CreatedToken.parse(made)).toEqual(made)
  expect(made.token).toMatch(/^rfp_[0-9a-f-]{36}\.[\w-]{43}$/)
  const { items } = await client.auth.tokens.query({})
  const { token, ...shown } = made
  expect(Date.parse(made.expiresAt) - Date.parse(items[0]?.createdAt ?? '')).toBe(30 * 86_400_000)
  expect(items).toEqual([{ ...shown, createdAt: expect.any(String), lastUsedAt: null }])
  const rows = await app.db.selectFrom('personalTokens').where('userId', '=', userId).selectAll().execute()
  expect(rows[0]?.tokenHash).toHaveLength(32)
  expect(JSON.stringify(rows.map((row) => ({ ...row, tokenHash: row.tokenHash.toString('latin1') })))).not.toContain(
    token.slice(-43),
  )
  expect((await (await program(token)).auth.me.query()).user.id).toBe(userId)
})

test('tokens are listed newest first, page by page', async () => {
  const { client, create } = await register()
  const names = ['One', 'Two', 'Three']
  for (const name of names) {
    await create(name)
    app.clock.advance(1_000)
  }
  const page = await client.auth.tokens.query({ limit: 2 })
  expect(TokenPage.parse(page)).toEqual(page)
  const rest = await client.auth.tokens.query({ limit: 2, cursor: page.nextCursor! })
  expect([...page.items, ...rest.items].map(({ name }) => name)).toEqual(names.toReversed())
  expect(rest.nextCursor).toBeNull()
})

test('its last use is noted to the minute', async () => {
  const { client, create } = await register()
  const { token } = await create()
  const caller = await program(token)
  const lastUse = async () => (await client.auth.tokens.query({})).items[0]?.lastUsedAt
  await caller.emails.list.query({})
  const first = await lastUse()
  expect(Date.parse(first ?? '')).toBeGreaterThan(app.clock.now().getTime() - 10_000)
  app.clock.advance(30_000)
  await caller.emails.list.query({})
  expect(await lastUse()).toBe(first)
  app.clock.advance(31_000)
  await caller.emails.list.query({})
  expect(Date.parse((await lastUse()) ?? '')).toBeGreaterThanOrEqual(Date.parse(first ?? '') + 60_000)
})

test('one that is revoked, expired, unknown or malformed is refused like any bad access token', async () => {
  const { client, create, userId } = await register()
  const stranger = await register()
  const refused = await bad()
  expect(refused).toMatchObject({ status: 401, reason: 'UNAUTHENTICATED' })
  const { id: tokenId, token } = await create()
  const secret = token.slice(-43)
  const broken = [
    `rfp_${userId}.${'x'.repeat(43)}`,
    `rfp_${stranger.userId}.${secret}`,
    `${token}x`,
    token.slice(0, -1),
    token.slice(4),
    `rfp_${secret}`,
    `RFP_${token.slice(4)}`,
    'rfp_',
    `rfp_${'-'.repeat(36)}.${secret}`,
  ]
  for (const one of broken) {
    const call = (await program(one)).emails.list.query({})
    expect([one, await refusalOf(call)]).toEqual([one, refused])
  }
  expect(await refusalOf(stranger.client.auth.revokeToken.mutate({ tokenId }))).toMatchObject({ reason: 'NOT_FOUND' })
  await (await program(token)).emails.list.query({})
  expect(await client.auth.revokeToken.mutate({ tokenId })).toEqual({ ok: true })
  expect(await refusalOf((await program(token)).emails.list.query({}))).toEqual(refused)
  expect(await refusalOf(client.auth.revokeToken.mutate({ tokenId }))).toMatchObject({
    status: 404,
    reason: 'NOT_FOUND',
  })

  const short = await create('Short', ['draft'], 1)
  app.clock.advance(86_400_000 - 5_000)
  await (await program(short.token)).emails.list.query({})
  app.clock.advance(5_001)
  expect(await refusalOf((await program(short.token)).emails.list.query({}))).toEqual(refused)
  await removeExpired(app.ctx)
  const rows = await app.db.selectFrom('personalTokens').where('userId', '=', userId).select('id').execute()
  expect(rows).toEqual([])
})

test('it stands for no refresh token, in no cookie and in no body, and an access token stands for none', async () => {
  const { create, tokens, guest } = await register()
  const { token } = await create('Report', ['read', 'draft'])
  expect(await refusalOf(guest.auth.refresh.mutate({ refreshToken: token }))).toMatchObject({
    reason: 'INVALID_REFRESH_TOKEN',
  })
  const url = `${await app.url()}/trpc`
  const ask = async (path: string, headers: Record<string, string>, method = 'GET') =>
    (await fetch(`${url}/${path}`, { method, headers: { 'content-type': 'application/json', ...headers } })).status
  expect(await ask('auth.refresh', { cookie: `reasonflow_refresh=${token}` }, 'POST')).toBe(401)
  expect(await ask('emails.list', { cookie: `reasonflow_refresh=${token}` })).toBe(401)
  expect(await ask(`emails.list?token=${token}`, {})).toBe(401)
  expect(await ask('emails.list', { authorization: token })).toBe(401)
  expect(await ask('emails.list', { authorization: `Bearer ${token}` })).toBe(200)
  for (const other of [`rfp_${tokens.accessToken}`, `rfp_${tokens.refreshToken}`, tokens.refreshToken!])
    expect(await ask('emails.list', { authorization: `Bearer ${other}` })).toBe(401)
})

test('what ends every session ends every token, and what ends one session ends none', async () => {
  const { client, create, guest, email } = await register()
  const good = async (token: string) =>
    (await program(token)).emails.list.query({}).then(
      () => true,
      () => false,
    )
  const signIn = async (word = password) =>
    httpClient(app, await guest.auth.login.mutate({ email, password: word, tokenTransport: 'body' }))
  const one = await create()
  await client.auth.logout.mutate({})
  expect(await good(one.token)).toBe(true)
  const second = await signIn()
  await second.auth.logoutEverywhere.mutate()
  expect(await good(one.token)).toBe(false)
  const third = await signIn()
  const two = await third.auth.createToken.mutate({ name: 'Two', scopes: ['read'], expiresInDays: 1 })
  expect(await good(two.token)).toBe(true)
  await third.auth.changePassword.mutate({ currentPassword: password, newPassword: 'staple of another house' })
  expect(await good(two.token)).toBe(false)
})

test('a token needs a session that is alive, and both its ends stand in the audit log without it', async () => {
  const { client, create } = await register()
  const { id: tokenId, token } = await create('Report', ['read', 'draft'])
  await client.auth.revokeToken.mutate({ tokenId })
  const { items } = await client.audit.list.query({})
  const network = '127.0.0.0/24'
  expect(items.slice(0, 2).map(({ action, actor, detail }) => ({ action, actor, detail }))).toEqual([
    { action: 'TOKEN_REVOKED', actor: 'owner', detail: { tokenId, network } },
    { action: 'TOKEN_CREATED', actor: 'owner', detail: { tokenId, scopes: 'draft read', network } },
  ])
  expect(JSON.stringify(items)).not.toContain(token.slice(-43))
  await client.auth.logoutEverywhere.mutate()
  expect(await refusalOf(create())).toMatchObject({ status: 401, reason: 'UNAUTHENTICATED' })
  expect(await refusalOf(client.auth.tokens.query({}))).toMatchObject({ status: 401, reason: 'UNAUTHENTICATED' })
})

test(`an owner has ${mostTokens} living tokens at most, also when they are made at once, from several places`, async () => {
  const { client, create, userId, guest, email } = await register()
  const places = [client]
  for (let count = 0; count < 4; count++) {
    const tokens = await guest.auth.login.mutate({ email, password, tokenTransport: 'body' })
    places.push(await httpClient(app, tokens))
  }
  const wanted = { name: 'Report', scopes: ['read' as const], expiresInDays: 1 }
  const creations = places.flatMap((place) => Array.from({ length: 5 }, () => place.auth.createToken.mutate(wanted)))
  const outcomes = await Promise.allSettled(creations)
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(mostTokens)
  expect(await refusalOf(create())).toMatchObject({ status: 409, reason: 'TOO_MANY_TOKENS' })
  const { items } = await client.auth.tokens.query({ limit: 100 })
  expect(items).toHaveLength(mostTokens)
  await client.auth.revokeToken.mutate({ tokenId: items[0]!.id })
  await create()
  await app.db
    .updateTable('personalTokens')
    .set({ expiresAt: app.clock.now().toISOString() })
    .where('userId', '=', userId)
    .where('id', '=', items[1]!.id)
    .execute()
  await create()
})

test('an owner makes sixty tokens an hour, however many they revoke, and then is told to wait', async () => {
  const { client, create } = await register()
  for (let count = 0; count < 60; count++) {
    const { id } = await create()
    await client.auth.revokeToken.mutate({ tokenId: id })
  }
  expect(await refusalOf(create())).toMatchObject({ status: 429, reason: 'RATE_LIMITED' })
})

test('none is left over where one is made while all sessions end', async () => {
  for (let round = 0; round < 10; round++) {
    const { client, create, userId } = await register()
    await app.db.deleteFrom('rateLimits').execute()
    await Promise.allSettled([create(), client.auth.logoutEverywhere.mutate(), create(), create()])
    const rows = await app.db.selectFrom('personalTokens').where('userId', '=', userId).select('id').execute()
    expect([round, rows]).toEqual([round, []])
  }
})

test('while the database is away a program is told to come back', async () => {
  await using other = await createTestApp()
  const owner = await other.newOwner()
  const { token } = await other.as(owner).auth.createToken({ name: 'Report', expiresInDays: 1, scopes: ['read'] })
  const caller = await httpClient(other, { accessToken: token })
  await caller.emails.list.query({})
  await other.closeDatabase()
  expect(await refusalOf(caller.emails.list.query({}))).toMatchObject({ status: 503, reason: 'UNAVAILABLE' })
})
