import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, afterEach, expect, test } from 'vitest'
import { faultMatrix } from '../../google-sandbox/sandbox.ts'
import { attemptLimits, counterKeyOf } from '../../server/security/attempt-limits.ts'
import { hookSteps } from '../../server/step.ts'
import type { Draft } from '../../shared-types/index.ts'
import { createTestApp } from '../support/app.ts'
import { type Inbox, openInbox, sweep } from '../support/connected-inbox.ts'
import { batchClient, httpClient, refusalOf } from '../support/http-client.ts'
import { ownedTables, rowsNaming } from '../support/owner-traces.ts'
import { newEmailRow } from '../support/rows.ts'
import { refusal } from '../support/refusals.ts'
import { injectFault, stateOf, approvalOf, versionOf } from '../support/sending.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
afterEach(async () => {
  hookSteps(undefined)
  await app.db.deleteFrom('rateLimits').execute()
})

const password = 'correct horse battery'
const tombstones = () => app.db.selectFrom('accountTombstones').selectAll().execute()

/** What an owner may be known by, anywhere. */
const namesOf = ({ userId, owner: { email }, mailboxId }: Inbox) => [userId, email, counterKeyOf(email), mailboxId]

/** An owner with rows in every table that the product fills by itself, and in those that it fills seldom. */
async function liveThrough(): Promise<Inbox> {
  const inbox = await openInbox(app)
  const { api, owner } = inbox
  const draft = await inbox.newDraft({ subject: 'To be sent' })
  await api.drafts.approve(approvalOf(draft))
  await app.drainDelayed()
  const rejected = await inbox.newDraft({ subject: 'Rejected' })
  await api.drafts.reject({ ...versionOf(rejected), reason: 'No' })
  await api.templates.create({ name: 'Prices', body: 'Hello' })
  const people = [
    await api.contacts.upsert({ address: 'a@b.example' }),
    await api.contacts.upsert({ address: 'c@b.example' }),
  ]
  await api.contacts.merge({ intoId: people[0]!.id, fromIds: [people[1]!.id] })
  const wrong = await inbox.receive({ subject: 'Corrected' })
  await api.emails.correctIntent({ emailId: wrong.id, intent: 'complaint' })
  await api.batches.classify({ emailIds: [wrong.id] })
  await api.mailboxes.authorizeUrl({ purpose: 'connect' })
  await api.auth.createToken({ name: 'Report', expiresInDays: 30, scopes: ['read'] })
  const guest = await httpClient(app, null)
  await guest.auth.requestPasswordReset.mutate({ email: owner.email })
  await app.drain()
  await refusalOf(guest.auth.login.mutate({ email: owner.email, password: 'wrong' }))
  await addSeldomRows(inbox, draft)
  return inbox
}

/** What comes of outages, of paid models, of old databases and of rare mail, as rows. */
async function addSeldomRows({ userId, mailboxId, api }: Inbox, { id: draftId, emailId }: Draft): Promise<void> {
  const traceId = (await api.traces.list({ emailId })).items[0]!.id
  const at = app.clock.now().toISOString()
  const far = '2999-01-01T00:00:00.000Z'
  const day = '2026-03-01'
  for (const row of [
    sql`spend (user_id, day) values (${userId}, ${day})`,
    sql`mail_spend (user_id, email_id, day) values (${userId}, ${emailId}, ${day})`,
    sql`spend_reservations (user_id, id, day, email_id, cost, tokens, lapses_at)
      values (${userId}, ${randomUUID()}, ${day}, ${emailId}, 0, 0, ${far})`,
    sql`vectors_due (user_id, email_id, due_at) values (${userId}, ${emailId}, ${far})`,
    sql`draft_emails (user_id, draft_id, email_id) values (${userId}, ${draftId}, ${emailId})`,
    sql`search_refills (user_id) values (${userId})`,
    sql`hubspot_keys (user_id, sealed_key, set_at) values (${userId}, 'sealed', ${at})`,
    sql`resync_listings (user_id, mailbox_id, gmail_id, labels) values (${userId}, ${mailboxId}, 'g', '{}')`,
    sql`quarantined_messages (user_id, mailbox_id, id, gmail_id, reason, retry_at)
      values (${userId}, ${mailboxId}, ${randomUUID()}, 'g', 'odd', ${far})`,
    sql`attachments (user_id, email_id, position, filename, mime_type, size_bytes)
      values (${userId}, ${emailId}, 0, 'a.txt', 'text/plain', 1)`,
    sql`slot_holds (user_id, trace_id, start_at, end_at) values (${userId}, ${traceId}, ${at}, ${far})`,
    sql`pgboss.job (name, data) values ('dead-letter', ${JSON.stringify({ userId })}::jsonb)`,
  ]) {
    await sql`insert into ${row} on conflict do nothing`.execute(app.db)
  }
}

test('an account that was deleted has left no row in any table or queue, but for a tombstone, and others are as they were', async () => {
  const [inbox, other] = [await liveThrough(), await liveThrough()]
  const { userId, owner, api } = inbox
  const others = await rowsNaming(app.db, namesOf(other))
  const before = await rowsNaming(app.db, [userId])
  const owned = await ownedTables(app.db)
  // A new table must be filled above, or nobody knows that it is emptied.
  expect(owned.filter((table) => !(table in before))).toEqual([])
  expect(Object.keys(before)).toContain('pgboss.job')
  expect(await api.auth.deleteAccount({ password })).toEqual({ ok: true })
  await app.drain()
  expect(await rowsNaming(app.db, namesOf(inbox))).toEqual({})
  expect(await rowsNaming(app.db, namesOf(other))).toEqual(others)
  const [tombstone, ...more] = await tombstones()
  expect(more).toEqual([])
  expect(Object.keys(tombstone!).sort()).toEqual(['deletedAt', 'id'])
  expect(await app.db.selectFrom('grantRevocations').selectAll().execute()).toEqual([])
  const stopped = app.google.journal.filter(({ path, email }) => path.endsWith('/stop') && email === owner.email)
  expect(stopped).toHaveLength(1)

  const guest = await httpClient(app, null)
  const anew = await guest.auth.register.mutate({ email: owner.email, password, tokenTransport: 'body' })
  expect(anew.user.id).not.toBe(userId)
  const again = { ...owner, userId: anew.user.id, accessToken: anew.accessToken }
  const session = await app.db
    .selectFrom('sessions')
    .where('userId', '=', anew.user.id)
    .select('id')
    .executeTakeFirstOrThrow()
  await app.reconnect({ ...again, sessionId: session.id })
})

test('every table that carries an owner goes with its user', async () => {
  const { rows } = await sql<{ name: string }>`
    with recursive gone(oid) as (
      select 'public.users'::regclass::oid
      union select conrelid from pg_constraint join gone on confrelid = gone.oid where contype = 'f' and confdeltype = 'c'
    )
    select 'public.' || relname as name from gone join pg_class on pg_class.oid = gone.oid`.execute(app.db)
  const covered = new Set(rows.map(({ name }) => name))
  expect((await ownedTables(app.db)).filter((table) => !covered.has(table))).toEqual([])
})

test('from the first moment on nothing can be done with it, nor is anything done for it', async () => {
  const inbox = await openInbox(app, { undoWindowSeconds: 60 })
  const draft = await inbox.newDraft()
  await inbox.api.drafts.approve(approvalOf(draft))
  const { owner } = inbox
  const client = await httpClient(app, owner)
  const guest = await httpClient(app, null)
  const { token } = await inbox.api.auth.createToken({ name: 'Report', expiresInDays: 30, scopes: ['read'] })
  const program = await httpClient(app, { accessToken: token })
  await inbox.api.auth.deleteAccount({ password })

  const dead = { status: 401, reason: 'UNAUTHENTICATED' }
  expect(await refusalOf(client.auth.sessions.query({}))).toMatchObject(dead)
  expect(await refusalOf(client.settings.update.mutate({}))).toMatchObject(dead)
  expect(await refusalOf(program.emails.list.query({}))).toMatchObject(dead)
  expect(await refusalOf(client.auth.deleteAccount.mutate({ password }))).toMatchObject(dead)
  const login = { email: owner.email, password, tokenTransport: 'body' } as const
  expect(await refusalOf(guest.auth.login.mutate(login))).toMatchObject({ reason: 'INVALID_CREDENTIALS' })
  const refused = await refusalOf(guest.auth.refresh.mutate({ refreshToken: owner.refreshToken }))
  expect(refused).toMatchObject({ reason: 'INVALID_REFRESH_TOKEN' })
  expect((await guest.auth.register.mutate(login)).user.email).toBe(owner.email)
  app.clock.advance(3_600_000)
  await sweep(app)
  expect(await inbox.sent()).toEqual([])
})

test('a session that begins in the very moment of the deletion is none', async () => {
  const { owner, api } = await openInbox(app)
  const guest = await httpClient(app, null)
  let isDone = false
  hookSteps({
    async before(name) {
      if (name !== 'log-in' || isDone) return
      isDone = true
      await api.auth.deleteAccount({ password })
    },
  })
  const late = await guest.auth.login.mutate({ email: owner.email, password, tokenTransport: 'body' })
  expect(isDone).toBe(true)
  expect(await refusalOf((await httpClient(app, late)).settings.update.mutate({}))).toMatchObject({ status: 401 })
})

test('a wrong password deletes nothing, and guessing it is slowed like guessing at the door', async () => {
  const inbox = await openInbox(app)
  const client = await httpClient(app, inbox.owner)
  const reasons = []
  for (let count = 0; count <= attemptLimits.login.pair; count++) {
    reasons.push((await refusalOf(client.auth.deleteAccount.mutate({ password: 'wrong' }))).reason)
  }
  expect([reasons.at(0), reasons.at(-1)]).toEqual(['INVALID_CREDENTIALS', 'RATE_LIMITED'])
  expect((await inbox.mailbox()).status).toBe('active')
})

test('it is not to be had in a batch', async () => {
  const { owner, mailbox } = await openInbox(app)
  const client = await batchClient(app, owner)
  const calls = [client.auth.deleteAccount.mutate({ password }), client.auth.deleteAccount.mutate({ password })]
  for (const { reason } of await Promise.all(calls.map(refusalOf))) expect(reason).toBe('VALIDATION_FAILED')
  expect((await mailbox()).status).toBe('active')
})

test('of two deletions at once one is done', async () => {
  const { api } = await openInbox(app)
  const before = (await tombstones()).length
  const outcomes = await Promise.allSettled([
    api.auth.deleteAccount({ password }),
    api.auth.deleteAccount({ password }),
  ])
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  await app.drain()
  expect(await tombstones()).toHaveLength(before + 1)
})

test('whoever is stopped half way is followed by the next, whose job may be lost', async () => {
  const inbox = await openInbox(app)
  for (let count = 0; count < 250; count++) await newEmailRow(app.db, { ...inbox, address: inbox.owner.email })
  await inbox.api.auth.deleteAccount({ password })
  let batches = 0
  hookSteps({
    before(name) {
      if (name === 'delete-mail-of-mailbox' && ++batches === 2) throw new Error('killed')
    },
  })
  await app.drain()
  hookSteps(undefined)
  await sql`delete from pgboss.job where name = 'purge-account'`.execute(app.db)
  expect(Object.keys(await rowsNaming(app.db, namesOf(inbox)))).toContain('public.emails')
  await sweep(app)
  expect(await rowsNaming(app.db, namesOf(inbox))).toEqual({})
})

test('a mailbox that is connected in the very moment goes as well, with its grant', async () => {
  const inbox = await openInbox(app)
  let isDone = false
  hookSteps({
    async after(name) {
      if (name !== 'google-exchange-code' || isDone) return
      isDone = true
      await inbox.api.auth.deleteAccount({ password })
    },
  })
  await expect(app.reconnect(inbox.owner)).rejects.toThrow('SESSION_ENDED')
  await app.drainDelayed()
  expect(await rowsNaming(app.db, namesOf(inbox))).toEqual({})
})

test('the account waits for a reply that is being sent, and then goes', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  await inbox.api.drafts.approve(approvalOf(draft))
  injectFault(app, inbox, 'send', 'answerLost')
  app.google.delaySentVisibility(Infinity)
  await app.drainDelayed()
  await inbox.api.auth.deleteAccount({ password })
  await app.drain()
  expect(await stateOf(inbox)).toBe('SENDING')
  app.clock.advance(11 * 60_000)
  await sweep(app)
  await app.drainDelayed()
  app.google.delaySentVisibility(0)
  expect(await rowsNaming(app.db, namesOf(inbox))).toEqual({})
})

test('a grant that Google will not end now is ended when the account is long gone', async () => {
  const inbox = await openInbox(app)
  app.google.inject({ match: { method: 'POST', path: /^\/revoke$/ }, times: 1, kind: faultMatrix.unavailable })
  await inbox.api.auth.deleteAccount({ password })
  await app.drain()
  expect(await rowsNaming(app.db, namesOf(inbox))).toEqual({})
  expect(await app.db.selectFrom('grantRevocations').selectAll().execute()).toHaveLength(1)
  await app.drainDelayed()
  expect(await app.db.selectFrom('grantRevocations').selectAll().execute()).toEqual([])
  await expect(inbox.api.auth.me()).rejects.toMatchObject(refusal('UNAUTHENTICATED'))
})
