import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, afterEach, expect, test } from 'vitest'
import { faultMatrix } from '../../google-sandbox/sandbox.ts'
import { hookSteps } from '../../server/step.ts'
import { createTestApp } from '../support/app.ts'
import { type Inbox, openInbox, sweep } from '../support/connected-inbox.ts'
import { refusal, seenOf } from '../support/refusals.ts'
import { injectFault, stateOf, approvalOf } from '../support/sending.ts'

const lines: string[] = []
const app = await createTestApp({
  config: { log: { level: 'warn', pretty: false } },
  log: (line) => void lines.push(line),
})
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => hookSteps(undefined))

const disconnect = ({ api, mailboxId }: Inbox) => api.mailboxes.disconnect({ mailboxId, storedMail: 'keep' })

const revocations = () => app.db.selectFrom('grantRevocations').selectAll().execute()
const revokeCalls = () => app.google.journal.filter(({ path }) => path === '/revoke').length

function rowOf({ userId, mailboxId }: Inbox) {
  return app.db
    .selectFrom('mailboxes')
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .selectAll()
    .executeTakeFirst()
}

test('a mailbox that is disconnected has no tokens, its watch and grant end at Google, and its mail stays', async () => {
  const inbox = await openInbox(app)
  await inbox.receive()
  const before = await rowOf(inbox)
  expect(await disconnect(inbox)).toEqual({ ok: true })
  expect(await rowOf(inbox)).toMatchObject({ status: 'disconnected', accessToken: null, refreshToken: null })
  const [pending] = await revocations()
  const row = { userId: before!.googleSubject, table: 'grant_revocations', column: 'refresh_token', rowId: pending!.id }
  const token = app.ctx.sealer.open(pending!.refreshToken, row)
  const { rows } = await sql<{ data: string }>`select data::text from pgboss.job where name = 'revoke-grant'`.execute(
    app.db,
  )
  expect(JSON.stringify(rows)).not.toContain(token)
  expect(pending!.refreshToken.toString('latin1')).not.toContain(token)
  await app.drain()
  expect(await revocations()).toEqual([])
  expect(inbox.requests('POST', /\/stop$/)).toHaveLength(1)
  await expect(app.ctx.googleAuth!.refresh(token)).rejects.toMatchObject({ kind: 'needs_reauth' })
  expect(await inbox.emails()).toHaveLength(1)
  expect((await inbox.mailbox()).status).toBe('disconnected')
  const { items } = await inbox.api.audit.list({})
  expect(items[0]).toMatchObject({
    action: 'MAILBOX_DISCONNECTED',
    detail: { mailboxId: inbox.mailboxId, storedMail: 'keep' },
  })
  expect((await inbox.api.audit.verify()).brokenAt).toBeNull()
})

test('said twice it is done once', async () => {
  const inbox = await openInbox(app)
  await Promise.all([disconnect(inbox), disconnect(inbox)])
  expect(await revocations()).toHaveLength(1)
  await app.drain()
  await disconnect(inbox)
  expect(await revocations()).toEqual([])
  const { items } = await inbox.api.audit.list({})
  expect(items.filter(({ action }) => action === 'MAILBOX_DISCONNECTED')).toHaveLength(1)
})

test('a stranger’s mailbox is answered like one that does not exist, and nothing happens to it', async () => {
  const [inbox, stranger] = [await openInbox(app), await openInbox(app)]
  const before = await rowOf(inbox)
  for (const storedMail of ['keep', 'delete'] as const) {
    const foreign = await seenOf(stranger.api.mailboxes.disconnect({ mailboxId: inbox.mailboxId, storedMail }))
    const missing = await seenOf(stranger.api.mailboxes.disconnect({ mailboxId: randomUUID(), storedMail }))
    expect(foreign).toEqual(missing)
    expect(foreign).toMatchObject({ reason: 'NOT_FOUND' })
  }
  await app.drain()
  expect(await rowOf(inbox)).toEqual(before)
})

test('an approved reply that nobody has begun to send is back in review and never goes out', async () => {
  const inbox = await openInbox(app, { undoWindowSeconds: 60 })
  const draft = await inbox.newDraft()
  await inbox.api.drafts.approve(approvalOf(draft))
  await disconnect(inbox)
  app.clock.advance(3_600_000)
  await sweep(app)
  expect(await inbox.sent()).toEqual([])
  expect(await stateOf(inbox)).toBe('CANCELLED')
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'pending' })
  expect(await inbox.email(draft.emailId)).toMatchObject({
    status: 'needs_review',
    reasons: [{ code: 'MAILBOX_DISCONNECTED' }],
  })
  expect(await inbox.notifications()).toContain('send_withdrawn')
})

test('between the last look and the point of no return a disconnection still holds the reply back', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  await inbox.api.drafts.approve(approvalOf(draft))
  let isDone = false
  hookSteps({
    async before(name) {
      if (name !== 'mark-sending' || isDone) return
      isDone = true
      await disconnect(inbox)
    },
  })
  await app.drainDelayed()
  expect(isDone).toBe(true)
  expect(await inbox.sent()).toEqual([])
  expect(await stateOf(inbox)).toBe('CANCELLED')
})

test('a reply whose sending had begun ends as unknown when nobody can look any more', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  await inbox.api.drafts.approve(approvalOf(draft))
  injectFault(app, inbox, 'send', 'answerLost')
  app.google.delaySentVisibility(Infinity)
  await app.drainDelayed()
  expect(await stateOf(inbox)).toBe('SENDING')
  await disconnect(inbox)
  app.clock.advance(11 * 60_000)
  await sweep(app)
  app.google.delaySentVisibility(0)
  expect(await stateOf(inbox)).toBe('UNKNOWN')
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'unknown' })
})

test('a run that waits ends, and its mail is with its owner, who may have it worked on once connected again', async () => {
  const inbox = await openInbox(app)
  await app.deliver(inbox.owner)
  await inbox.api.mailboxes.sync({ mailboxId: inbox.mailboxId })
  let isDone = false
  hookSteps({
    async before(name) {
      if (name !== 'claim-run' || isDone) return
      isDone = true
      await disconnect(inbox)
    },
  })
  await app.drain()
  hookSteps(undefined)
  const [mail] = await inbox.emails()
  expect(mail).toMatchObject({ status: 'needs_review', reasons: [{ code: 'MAILBOX_DISCONNECTED' }] })
  const [run] = (await inbox.api.traces.list({})).items
  expect(run).toMatchObject({ status: 'failed' })
  expect((await app.reconnect(inbox.owner)).mailboxId).toBe(inbox.mailboxId)
  await inbox.api.emails.process({ emailId: mail!.id })
  await app.drain()
  expect((await inbox.email(mail!.id)).draft).not.toBeNull()
})

test('a run at work is overtaken by the disconnection and writes nothing', async () => {
  const inbox = await openInbox(app)
  await app.deliver(inbox.owner)
  await inbox.api.mailboxes.sync({ mailboxId: inbox.mailboxId })
  let isDone = false
  hookSteps({
    async before(name) {
      if (name !== 'settle-run' || isDone) return
      isDone = true
      await disconnect(inbox)
    },
  })
  await app.drain()
  expect(isDone).toBe(true)
  expect((await inbox.emails())[0]).toMatchObject({ status: 'needs_review', draft: null })
})

test('connected again, the same mailbox goes on with what was kept', async () => {
  const inbox = await openInbox(app)
  await inbox.receive({ subject: 'Before' })
  await disconnect(inbox)
  await app.drain()
  await app.deliver(inbox.owner, { subject: 'Meanwhile' })
  expect((await app.reconnect(inbox.owner)).mailboxId).toBe(inbox.mailboxId)
  await app.drain()
  expect((await inbox.emails()).map(({ subject }) => subject).sort()).toEqual(['Before', 'Meanwhile'])
  expect((await inbox.mailbox()).status).toBe('active')
})

test('connecting again while the revocation waits calls it off: the new grant lives', async () => {
  const inbox = await openInbox(app)
  app.google.inject({ match: { method: 'POST', path: /^\/revoke$/ }, times: 1, kind: faultMatrix.unavailable })
  await disconnect(inbox)
  await app.drain()
  expect(await revocations()).toHaveLength(1)
  const calls = revokeCalls()
  await app.reconnect(inbox.owner)
  expect(await revocations()).toEqual([])
  await app.drainDelayed()
  expect(revokeCalls()).toBe(calls)
  await inbox.receive({ subject: 'After' })
  expect((await inbox.mailbox()).status).toBe('active')
})

test('connecting again in the very moment of the revocation is refused, and works the next time', async () => {
  const inbox = await openInbox(app)
  await disconnect(inbox)
  let outcome: unknown
  hookSteps({
    async before(name) {
      if (name !== 'google-revoke-grant' || outcome) return
      outcome = await app.reconnect(inbox.owner).catch((error: unknown) => error)
    },
  })
  await app.drain()
  hookSteps(undefined)
  expect(outcome).toMatchObject({ message: 'not connected: EXCHANGE_FAILED' })
  expect((await rowOf(inbox))?.status).toBe('disconnected')
  await app.reconnect(inbox.owner)
  await app.drainDelayed()
  await inbox.receive({ subject: 'After' })
})

test('a grant that is dead already counts as ended', async () => {
  const inbox = await openInbox(app)
  await app.google.revokeGrants(inbox.owner.email)
  await disconnect(inbox)
  const calls = revokeCalls()
  await app.drain()
  expect(await revocations()).toEqual([])
  expect(revokeCalls()).toBe(calls + 1)
})

test('an outage is sat out; after the last try it is given up, said, and the secret is gone', async () => {
  const inbox = await openInbox(app)
  await disconnect(inbox)
  const [pending] = await revocations()
  const down = { match: { method: 'POST', path: /^\/revoke$/ }, times: 2, kind: faultMatrix.unavailable }
  app.google.inject(down)
  const attempt = (isLastTry: boolean) =>
    app.handlers['revoke-grant']({
      id: randomUUID(),
      payload: { revocationId: pending!.id },
      isLastTry,
      signal: new AbortController().signal,
    })
  await expect(attempt(false)).rejects.toMatchObject({ kind: 'unavailable' })
  expect(await revocations()).toHaveLength(1)
  await attempt(true)
  expect(await revocations()).toEqual([])
  expect(lines.join('')).toContain('a grant could not be revoked at Google, and no more is tried')
})

test('a revocation whose job is lost keeps its secret for two days at most', async () => {
  const inbox = await openInbox(app)
  await disconnect(inbox)
  await sql`delete from pgboss.job where name = 'revoke-grant'`.execute(app.db)
  await sweep(app)
  expect(await revocations()).toHaveLength(1)
  app.clock.advance(2 * 86_400_000 + 60_000)
  await sweep(app)
  expect(await revocations()).toEqual([])
})

test('nothing works on a disconnected mailbox', async () => {
  const inbox = await openInbox(app)
  await disconnect(inbox)
  const { mailboxId } = inbox
  await expect(inbox.api.mailboxes.sync({ mailboxId })).rejects.toMatchObject(refusal('MAILBOX_DISCONNECTED'))
})
