import { randomUUID } from 'node:crypto'
import { createTRPCClient, httpLink } from '@trpc/client'
import { afterAll, beforeEach, expect, test } from 'vitest'
import type { AppRouter } from '../../server/router.ts'
import { attemptLimits } from '../../server/security/attempt-limits.ts'
import { SessionPage } from '../../shared-types/index.ts'
import { createTestApp } from '../support/app.ts'
import { httpClient, refusalOf } from '../support/http-client.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
beforeEach(() => app.db.deleteFrom('rateLimits').execute())

const password = 'correct horse battery'
const newPassword = 'staple of another house'

/** An account, and a client that names itself. */
async function register(agent = 'Desk/1.0') {
  const email = `${randomUUID()}@example.com`
  const headers = { 'user-agent': agent }
  const guest = createTRPCClient<AppRouter>({ links: [httpLink({ url: `${await app.url()}/trpc`, headers })] })
  const signIn = (word = password, userAgent = agent) =>
    createTRPCClient<AppRouter>({
      links: [httpLink({ url: `${url}/trpc`, headers: { 'user-agent': userAgent } })],
    }).auth.login.mutate({ email, password: word, tokenTransport: 'body' })
  const url = await app.url()
  const tokens = await guest.auth.register.mutate({ email, password, tokenTransport: 'body' })
  return { email, guest, signIn, tokens, client: await httpClient(app, tokens) }
}

const dead = { status: 401, reason: 'UNAUTHENTICATED' }

test('an owner sees where they are signed in, with device and network, and when that was used last', async () => {
  const { client, signIn, guest } = await register()
  const phone = await signIn(password, 'Phone\u00e4/2.0')
  const page = await client.auth.sessions.query({})
  expect(SessionPage.parse(page)).toEqual(page)
  expect(page.items.map(({ device, network, isCurrent }) => ({ device, network, isCurrent }))).toEqual([
    { device: 'Phone/2.0', network: '127.0.0.0/24', isCurrent: false },
    { device: 'Desk/1.0', network: '127.0.0.0/24', isCurrent: true },
  ])
  app.clock.advance(60_000)
  await guest.auth.refresh.mutate({ refreshToken: phone.refreshToken! })
  const [used] = (await client.auth.sessions.query({})).items
  expect(Date.parse(used!.lastUsedAt)).toBeGreaterThanOrEqual(Date.parse(page.items[0]!.lastUsedAt) + 60_000)
  const first = await client.auth.sessions.query({ limit: 1 })
  const second = await client.auth.sessions.query({ limit: 1, cursor: first.nextCursor! })
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(page.items.map(({ id }) => id))
  expect(second.nextCursor).toBeNull()
})

test('a session that is revoked is good for nothing more, and no stranger’s can be', async () => {
  const { client, signIn, guest } = await register()
  const phone = await signIn()
  const [item] = (await client.auth.sessions.query({})).items
  const stranger = await register()
  const revoked = { sessionId: item!.id }
  expect(await refusalOf(stranger.client.auth.revokeSession.mutate(revoked))).toMatchObject({ reason: 'NOT_FOUND' })
  await client.auth.revokeSession.mutate(revoked)
  expect(await refusalOf(client.auth.revokeSession.mutate(revoked))).toMatchObject({ reason: 'NOT_FOUND' })
  const onPhone = await httpClient(app, phone)
  expect(await refusalOf(onPhone.settings.update.mutate({}))).toMatchObject(dead)
  expect(await refusalOf(onPhone.auth.sessions.query({}))).toMatchObject(dead)
  const refused = await refusalOf(guest.auth.refresh.mutate({ refreshToken: phone.refreshToken! }))
  expect(refused).toMatchObject({ reason: 'INVALID_REFRESH_TOKEN' })
  expect((await client.auth.sessions.query({})).items).toHaveLength(1)
})

test('signing out everywhere ends every session, this one too', async () => {
  const { client, signIn, guest, tokens } = await register()
  const phone = await signIn()
  await client.auth.logoutEverywhere.mutate()
  expect(await refusalOf(client.settings.update.mutate({}))).toMatchObject(dead)
  for (const { refreshToken } of [phone, tokens])
    expect(await refusalOf(guest.auth.refresh.mutate({ refreshToken: refreshToken! }))).toMatchObject({
      reason: 'INVALID_REFRESH_TOKEN',
    })
  expect((await signIn()).user).toEqual(tokens.user)
})

test('a new password ends all sessions but the new one it answers, and the old password is wrong', async () => {
  const { client, signIn, guest, tokens } = await register()
  const phone = await signIn()
  const changed = await client.auth.changePassword.mutate({
    currentPassword: password,
    newPassword,
    tokenTransport: 'body',
  })
  expect(await refusalOf(client.settings.update.mutate({}))).toMatchObject(dead)
  for (const { refreshToken } of [phone, tokens])
    expect(await refusalOf(guest.auth.refresh.mutate({ refreshToken: refreshToken! }))).toMatchObject({
      reason: 'INVALID_REFRESH_TOKEN',
    })
  const here = await httpClient(app, changed)
  expect((await here.auth.sessions.query({})).items).toHaveLength(1)
  expect(await refusalOf(signIn())).toMatchObject({ reason: 'INVALID_CREDENTIALS' })
  expect((await signIn(newPassword)).user).toEqual(tokens.user)
})

test('a wrong present password, and a new one that is tried first, change nothing', async () => {
  const { client, email, signIn } = await register()
  const change = (currentPassword: string, wanted: string) =>
    refusalOf(client.auth.changePassword.mutate({ currentPassword, newPassword: wanted }))
  expect(await change('wrong', newPassword)).toMatchObject({ status: 401, reason: 'INVALID_CREDENTIALS' })
  expect(await change(password, 'password123')).toMatchObject({ reason: 'VALIDATION_FAILED' })
  expect(await change(password, email)).toMatchObject({ reason: 'VALIDATION_FAILED' })
  await signIn()
  await client.settings.update.mutate({})
})

test('guessing the present password is slowed like guessing at the door', async () => {
  const { client } = await register()
  const wrong = () => refusalOf(client.auth.changePassword.mutate({ currentPassword: 'wrong', newPassword }))
  const reasons = []
  for (let count = 0; count <= attemptLimits.login.pair; count++) reasons.push((await wrong()).reason)
  expect(reasons.at(0)).toBe('INVALID_CREDENTIALS')
  expect(reasons.at(-1)).toBe('RATE_LIMITED')
})

test('of two changes at once one wins', async () => {
  const { client, signIn } = await register()
  const outcomes = await Promise.allSettled(
    ['first of two new words', 'second of two new words'].map((word) =>
      client.auth.changePassword.mutate({ currentPassword: password, newPassword: word }),
    ),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await refusalOf(signIn())).toMatchObject({ reason: 'INVALID_CREDENTIALS' })
})
