import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createGoogleAuth } from '../../server/adapters/google/auth.ts'
import { createPgGoogleTokens } from '../../server/adapters/pg-google-tokens.ts'
import type { GoogleAuth, MailboxRef } from '../../server/ports.ts'
import { createSealer } from '../../server/security/encryption.ts'
import { hubspotKeyPlace } from '../../server/db/accounts/hubspot-keys.ts'
import { hookSteps } from '../../server/step.ts'
import { revocationRow } from '../../server/services/grant-revocation.ts'
import { rotateKeys } from '../../server/services/key-rotation.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { grantAccess, sandboxConfig } from '../support/google-account.ts'

const [oldKey, newKey, lostKey] = [randomBytes(32), randomBytes(32), randomBytes(32)]
const before = createSealer([oldKey])
const during = createSealer([newKey, oldKey])
const after = createSealer([newKey])

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
})
beforeEach(async () => {
  await app.db.deleteFrom('mailboxes').execute()
})
afterAll(() => app[Symbol.asyncDispose]())

interface PlainTokens {
  readonly accessToken: string
  readonly refreshToken: string
}

/** A mailbox whose tokens were sealed before the rotation. */
async function newMailbox(
  { accessToken, refreshToken }: PlainTokens,
  { sealer = before, minutes = 60 } = {},
): Promise<MailboxRef> {
  const ref = { userId: randomUUID(), mailboxId: randomUUID() }
  const row = { userId: ref.userId, table: 'mailboxes', rowId: ref.mailboxId }
  const email = `${ref.userId}@studio.example`
  await app.db.insertInto('users').values({ id: ref.userId, email }).execute()
  const values = {
    userId: ref.userId,
    id: ref.mailboxId,
    googleSubject: randomUUID(),
    address: email,
    status: 'active' as const,
    scopes: [],
    accessToken: sealer.seal(accessToken, { ...row, column: 'access_token' }),
    refreshToken: sealer.seal(refreshToken, { ...row, column: 'refresh_token' }),
    tokenExpiresAt: new Date(app.clock.now().getTime() + minutes * 60_000).toISOString(),
  }
  await app.db.insertInto('mailboxes').values(values).execute()
  return ref
}

const newTokens = () => ({ accessToken: `ya29.${randomUUID()}`, refreshToken: `1//${randomUUID()}` })

function findRow({ mailboxId }: MailboxRef) {
  return app.db.selectFrom('mailboxes').where('id', '=', mailboxId).selectAll().executeTakeFirstOrThrow()
}

async function storedTokens(ref: MailboxRef, sealer: typeof after): Promise<PlainTokens> {
  const { accessToken, refreshToken } = await findRow(ref)
  if (!accessToken || !refreshToken) throw new Error('there are no tokens')
  const row = { userId: ref.userId, table: 'mailboxes', rowId: ref.mailboxId }
  return {
    accessToken: sealer.open(accessToken, { ...row, column: 'access_token' }),
    refreshToken: sealer.open(refreshToken, { ...row, column: 'refresh_token' }),
  }
}

/** A server that has the new key, and the old one behind it. */
function serverTokens(googleAuth: GoogleAuth) {
  const { db, clock, ctx } = app
  return createPgGoogleTokens({ db, sealer: during, googleAuth, clock, logger: ctx.logger })
}

const googleAuth = () => createGoogleAuth(sandboxConfig(app.google))

test('a hundred readers notice nothing of a rotation, and afterwards the new key alone opens every token', async () => {
  const mailboxes = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const tokens = newTokens()
      return { ref: await newMailbox(tokens), tokens }
    }),
  )
  const tokens = serverTokens(googleAuth())
  const over = new AbortController()
  const readsOf = Array.from({ length: 100 }, async (_, reader) => {
    let reads = 0
    do {
      const { ref, tokens: expected } = mailboxes[(reader + 7 * reads) % mailboxes.length]!
      expect(await tokens.get(ref)).toBe(expected.accessToken)
      reads++
    } while (!over.signal.aborted)
    return reads
  })
  const rotation = rotateKeys({ db: app.db, sealer: during }).finally(() => over.abort())
  const reads = await Promise.all(readsOf)
  expect(await rotation).toEqual({ resealed: mailboxes.length, broken: [], brokenKeys: [] })
  expect(Math.min(...reads)).toBeGreaterThan(1)
  for (const { ref, tokens: expected } of mailboxes) expect(await storedTokens(ref, after)).toEqual(expected)
  expect(await rotateKeys({ db: app.db, sealer: during })).toEqual({ resealed: 0, broken: [], brokenKeys: [] })
})

test('two rotations at once seal each mailbox once', async () => {
  const refs = await Promise.all(Array.from({ length: 30 }, () => newMailbox(newTokens())))
  const both = await Promise.all([1, 2].map(() => rotateKeys({ db: app.db, sealer: during })))
  expect(both.reduce((sum, { resealed }) => sum + resealed, 0)).toBe(refs.length)
})

test('tokens that no key opens are told of and left alone, and the others are sealed anew', async () => {
  const lost = await newMailbox(newTokens(), { sealer: createSealer([lostKey]) })
  const fine = await newMailbox(newTokens())
  const left = await findRow(lost)
  expect(await rotateKeys({ db: app.db, sealer: during })).toEqual({ resealed: 1, broken: [lost], brokenKeys: [] })
  expect(await findRow(lost)).toEqual(left)
  expect((await storedTokens(fine, after)).refreshToken).toMatch(/^1\/\//)
})

/** A Google client, and a rotation that comes while Google is asked for a new token. */
function rotatesMeanwhile(): GoogleAuth {
  const real = googleAuth()
  return {
    ...real,
    async refresh(refreshToken) {
      await rotateKeys({ db: app.db, sealer: during })
      return real.refresh(refreshToken)
    },
  }
}

async function grantOf(email: string): Promise<PlainTokens> {
  await app.google.addAccount({ email })
  const { accessToken, refreshToken } = await grantAccess(app.google, googleAuth(), { email })
  return { accessToken, refreshToken: refreshToken ?? '' }
}

test('a token that is renewed during a rotation is stored', async () => {
  const grant = await grantOf('renewed@example.com')
  const ref = await newMailbox(grant, { minutes: 0 })
  const token = await serverTokens(rotatesMeanwhile()).get(ref)
  expect(token).not.toBe(grant.accessToken)
  expect(await storedTokens(ref, after)).toEqual({ accessToken: token, refreshToken: grant.refreshToken })
})

test('a grant that turns out to be dead during a rotation stops its mailbox', async () => {
  const email = 'dead@example.com'
  const ref = await newMailbox(await grantOf(email), { minutes: 0 })
  await app.google.revokeGrants(email)
  await expect(serverTokens(rotatesMeanwhile()).get(ref)).rejects.toMatchObject({ kind: 'needs_reauth' })
  expect(await findRow(ref)).toMatchObject({ status: 'needs_reauth' })
})

test('the token of a grant that is still to be ended at Google is sealed anew too', async () => {
  const [id, googleSubject] = [randomUUID(), randomUUID()]
  const row = revocationRow(id, googleSubject)
  const refreshToken = before.seal('1//to-be-revoked', row)
  await app.db
    .insertInto('grantRevocations')
    .values({ id, googleSubject, refreshToken, createdAt: app.clock.now().toISOString() })
    .execute()
  await rotateKeys({ db: app.db, sealer: during })
  const stored = await app.db.selectFrom('grantRevocations').where('id', '=', id).selectAll().executeTakeFirstOrThrow()
  expect(after.open(stored.refreshToken, row)).toBe('1//to-be-revoked')
})

async function newHubspotKey(key: string, sealer = before): Promise<string> {
  const userId = randomUUID()
  await app.db
    .insertInto('users')
    .values({ id: userId, email: `${userId}@studio.example` })
    .execute()
  const sealedKey = sealer.seal(key, hubspotKeyPlace(userId))
  await app.db.insertInto('hubspotKeys').values({ userId, sealedKey, setAt: app.clock.now().toISOString() }).execute()
  return userId
}

async function sealedKeyOf(userId: string): Promise<Buffer> {
  const row = await app.db.selectFrom('hubspotKeys').where('userId', '=', userId).selectAll().executeTakeFirstOrThrow()
  return row.sealedKey
}

test('keys of HubSpot are sealed anew as well, one that no key opens is told of, and one that is set meanwhile stays', async () => {
  // More than are read at once.
  const owners = await Promise.all(Array.from({ length: 105 }, (_, index) => newHubspotKey(`pat-${index}`)))
  const lost = await newHubspotKey('pat-lost', createSealer([lostKey]))
  const left = await sealedKeyOf(lost)
  const late = during.seal('pat-late', hubspotKeyPlace(owners[0]!))
  hookSteps({
    async before(name) {
      if (name !== 'replace-hubspot-seal') return
      hookSteps(undefined)
      await app.db.updateTable('hubspotKeys').set({ sealedKey: late }).where('userId', '=', owners[0]!).execute()
    },
  })
  expect(await rotateKeys({ db: app.db, sealer: during })).toMatchObject({ broken: [], brokenKeys: [lost] })
  const opened = await Promise.all(
    owners.map(async (userId) => after.open(await sealedKeyOf(userId), hubspotKeyPlace(userId))),
  )
  expect(opened).toEqual(['pat-late', ...owners.slice(1).map((_, index) => `pat-${index + 1}`)])
  expect(await sealedKeyOf(lost)).toEqual(left)
})
