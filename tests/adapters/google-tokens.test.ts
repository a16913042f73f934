import { randomBytes, randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { faultMatrix, type SandboxGoogle, startSandbox } from '../../google-sandbox/sandbox.ts'
import { createGoogleAuth } from '../../server/adapters/google/auth.ts'
import { createPgGoogleTokens } from '../../server/adapters/pg-google-tokens.ts'
import { type Database, openDatabase } from '../../server/db/engine/connection.ts'
import { migrateToLatest } from '../../server/db/engine/migrate.ts'
import type { Clock, GoogleTokens, MailboxRef } from '../../server/ports.ts'
import { createSealer } from '../../server/security/encryption.ts'
import { grantAccess, sandboxConfig } from '../support/google-account.ts'

let database: Database
let sandbox: SandboxGoogle
beforeAll(async () => {
  database = await openDatabase({ kind: 'embedded', directory: 'memory://' }, () => undefined)
  await migrateToLatest(database.db)
  sandbox = await startSandbox()
})
afterAll(async () => {
  await sandbox[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const sealer = createSealer([randomBytes(32)])
const logger = pino({ level: 'silent' })
const systemClock: Clock = { now: () => new Date() }

/** A user with a connected mailbox of their own; `newTokens` is what another process would have. */
async function connect() {
  const email = `${randomUUID()}@example.com`
  await sandbox.addAccount({ email })
  const googleAuth = createGoogleAuth(sandboxConfig(sandbox))
  const grant = await grantAccess(sandbox, googleAuth, { email })
  const ref: MailboxRef = { userId: randomUUID(), mailboxId: randomUUID() }
  const { db } = database
  await db.insertInto('users').values({ id: ref.userId, email }).execute()
  await db
    .insertInto('mailboxes')
    .values({
      userId: ref.userId,
      id: ref.mailboxId,
      googleSubject: grant.subject,
      address: email,
      status: 'active',
      ...sealed(ref, grant),
    })
    .execute()
  const newTokens = (clock = systemClock) => createPgGoogleTokens({ db, sealer, googleAuth, clock, logger })
  const refreshes = () => sandbox.journal.filter((call) => call.path === '/token' && call.email === email).length - 1
  const isAccepted = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` }
    return (await fetch(`${sandbox.url}/gmail/v1/users/me/profile`, { headers })).ok
  }
  return { ref, email, googleAuth, grant, newTokens, refreshes, isAccepted, tokens: newTokens() }
}

function sealed({ userId, mailboxId }: MailboxRef, { accessToken, refreshToken, expiresAt, scopes }: GoogleTokens) {
  const row = { userId, table: 'mailboxes', rowId: mailboxId }
  return {
    accessToken: sealer.seal(accessToken, { ...row, column: 'access_token' }),
    refreshToken: sealer.seal(refreshToken ?? '', { ...row, column: 'refresh_token' }),
    tokenExpiresAt: expiresAt.toISOString(),
    scopes: [...scopes],
  }
}

function mailboxRow({ userId, mailboxId }: MailboxRef) {
  const query = database.db.selectFrom('mailboxes').where('userId', '=', userId).where('id', '=', mailboxId)
  return query.selectAll().executeTakeFirstOrThrow()
}

function notifications({ userId }: MailboxRef) {
  return database.db.selectFrom('notifications').where('userId', '=', userId).select(['kind', 'payload']).execute()
}

const inMinutes = (minutes: number): Clock => ({ now: () => new Date(Date.now() + minutes * 60_000) })

test('a token that lives long enough is handed out as it is stored', async () => {
  const { ref, tokens, grant, refreshes } = await connect()
  expect(await tokens.get(ref)).toBe(grant.accessToken)
  expect(refreshes()).toBe(0)
})

test('a token with less than a minute to live is refreshed and stored for everybody', async () => {
  const { ref, grant, newTokens, refreshes, isAccepted } = await connect()
  const clock = inMinutes(59)
  const token = await newTokens(clock).get(ref)
  expect(token).not.toBe(grant.accessToken)
  expect(await isAccepted(token)).toBe(true)
  expect(await newTokens().get(ref)).toBe(token)
  expect(refreshes()).toBe(1)
})

test('ten callers at once share one refresh', async () => {
  const { ref, email, grant, tokens, refreshes } = await connect()
  sandbox.expireAccessTokens(email)
  const all = await Promise.all(Array.from({ length: 10 }, () => tokens.get(ref, { rejected: grant.accessToken })))
  expect(new Set(all).size).toBe(1)
  expect(refreshes()).toBe(1)
})

test('a refused token is refreshed only while it is the stored one', async () => {
  const { ref, grant, tokens, refreshes } = await connect()
  const renewed = await tokens.get(ref, { rejected: grant.accessToken })
  expect(await tokens.get(ref, { rejected: grant.accessToken })).toBe(renewed)
  expect(refreshes()).toBe(1)
})

test('of several processes that refresh at once every one ends with a token Google accepts', async () => {
  const { ref, grant, newTokens, isAccepted } = await connect()
  const all = await Promise.all(Array.from({ length: 4 }, () => newTokens().get(ref, { rejected: grant.accessToken })))
  for (const token of all) expect(await isAccepted(token)).toBe(true)
  expect(new Set(all).size).toBe(1)
})

test('tokens stand sealed in the row, never in plain', async () => {
  const { ref, grant, tokens } = await connect()
  const token = await tokens.get(ref, { rejected: grant.accessToken })
  const { accessToken, refreshToken } = await mailboxRow(ref)
  const bytes = Buffer.concat([accessToken ?? Buffer.alloc(0), refreshToken ?? Buffer.alloc(0)]).toString('latin1')
  for (const secret of [token, grant.accessToken, grant.refreshToken ?? '']) expect(bytes).not.toContain(secret)
})

test('a dead grant stops the mailbox and tells its owner once, however many ask', async () => {
  const { ref, email, grant, newTokens } = await connect()
  await sandbox.revokeGrants(email)
  const processes = Array.from({ length: 4 }, () => newTokens())
  const asked = processes.flatMap((tokens) => [1, 2].map(() => tokens.get(ref, { rejected: grant.accessToken })))
  for (const result of await Promise.allSettled(asked)) {
    expect(result).toMatchObject({ status: 'rejected', reason: { name: 'UpstreamError', kind: 'needs_reauth' } })
  }
  expect(await mailboxRow(ref)).toMatchObject({ status: 'needs_reauth', lastError: 'GMAIL_NEEDS_REAUTH' })
  expect(await notifications(ref)).toEqual([
    { kind: 'mailbox_needs_reauth', payload: { mailboxId: ref.mailboxId, address: email } },
  ])
})

test('a mailbox that is stopped or gone gives no token and asks Google nothing', async () => {
  const { ref, tokens, refreshes } = await connect()
  for (const status of ['disconnected', 'needs_reauth'] as const) {
    await database.db.updateTable('mailboxes').set({ status }).where('userId', '=', ref.userId).execute()
    await expect(tokens.get(ref)).rejects.toMatchObject({ kind: 'needs_reauth' })
  }
  await expect(tokens.get({ ...ref, userId: randomUUID() })).rejects.toMatchObject({ kind: 'needs_reauth' })
  expect(refreshes()).toBe(0)
  expect(await notifications(ref)).toEqual([])
})

test('a mailbox connected again while the old grant is found dead stays active', async () => {
  const { ref, email, grant, newTokens, googleAuth, isAccepted } = await connect()
  await sandbox.revokeGrants(email)
  const again = await grantAccess(sandbox, googleAuth, { email })
  const reconnect = () =>
    database.db.updateTable('mailboxes').set(sealed(ref, again)).where('userId', '=', ref.userId).execute()
  const tokens = createPgGoogleTokens({
    db: database.db,
    sealer,
    clock: systemClock,
    logger,
    googleAuth: {
      ...googleAuth,
      async refresh(refreshToken, signal) {
        if (refreshToken === grant.refreshToken) await reconnect()
        return googleAuth.refresh(refreshToken, signal)
      },
    },
  })
  const token = await tokens.get(ref, { rejected: grant.accessToken })
  expect(await isAccepted(token)).toBe(true)
  expect(await mailboxRow(ref)).toMatchObject({ status: 'active', lastError: null })
  expect(await notifications(ref)).toEqual([])
  expect(await newTokens().get(ref)).toBe(token)
})

test.each(['internalError', 'reset', 'truncatedJson', 'tooManyRequests'] as const)(
  'a refresh that fails in passing leaves the mailbox as it was: %s',
  async (name) => {
    const { ref, email, grant, tokens } = await connect()
    using fault = sandbox.inject({ match: { path: /^\/token$/, email }, kind: faultMatrix[name] })
    const before = await mailboxRow(ref)
    const failure = tokens.get(ref, { rejected: grant.accessToken })
    await expect(failure).rejects.toMatchObject({ kind: expect.not.stringMatching(/needs_reauth/) })
    expect(await mailboxRow(ref)).toEqual(before)
    expect(fault.hits).toBe(1)
    expect(await tokens.get(ref, { rejected: grant.accessToken })).not.toBe(grant.accessToken)
  },
)
