import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { writeAudit } from '../../server/db/accounts/audit.ts'
import { AuditPage, AuditVerdict } from '../../shared-types/index.ts'
import { createTestApp } from '../support/app.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { httpClient } from '../support/http-client.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const password = 'correct horse battery'
const newPassword = 'staple of another house'

async function register() {
  const guest = await httpClient(app, null)
  const email = `${randomUUID()}@example.com`
  const tokens = await guest.auth.register.mutate({ email, password, tokenTransport: 'body' })
  return { email, guest, tokens, userId: tokens.user.id, client: await httpClient(app, tokens) }
}

/** As somebody with the whole database in their hands could. */
function tamper(statement: ReturnType<typeof sql>): Promise<unknown> {
  return app.db.transaction().execute(async (trx) => {
    await sql`set local session_replication_role = replica`.execute(trx)
    return statement.execute(trx)
  })
}

test('what happens to an account is told newest first, with the network it came from', async () => {
  const { client, guest, email, tokens } = await register()
  await client.settings.update.mutate({ signature: 'Mara', tone: 'formal' })
  const phone = await guest.auth.login.mutate({ email, password, tokenTransport: 'body' })
  const { items } = await client.auth.sessions.query({})
  await client.auth.revokeSession.mutate({ sessionId: items.find(({ isCurrent }) => !isCurrent)!.id })
  const changed = await client.auth.changePassword.mutate({
    currentPassword: password,
    newPassword,
    tokenTransport: 'body',
  })
  const here = await httpClient(app, changed)
  const page = await here.audit.list.query({ limit: 3 })
  expect(AuditPage.parse(page)).toEqual(page)
  const rest = await here.audit.list.query({ limit: 3, cursor: page.nextCursor! })
  expect([...page.items, ...rest.items].map(({ seq, action }) => [seq, action])).toEqual([
    [5, 'PASSWORD_CHANGED'],
    [4, 'SESSION_REVOKED'],
    [3, 'LOGGED_IN'],
    [2, 'SETTINGS_CHANGED'],
    [1, 'REGISTERED'],
  ])
  expect(rest.nextCursor).toBeNull()
  expect(page.items[0]).toMatchObject({ actor: 'owner', detail: { network: '127.0.0.0/24' } })
  expect(rest.items[0]?.detail).toEqual({ names: 'signature tone' })
  const verdict = await here.audit.verify.query()
  expect(AuditVerdict.parse(verdict)).toEqual({ entries: 5, brokenAt: null })
  const told = JSON.stringify(
    await app.db.selectFrom('auditLog').where('userId', '=', tokens.user.id).selectAll().execute(),
  )
  for (const secret of [password, newPassword, tokens.refreshToken!, phone.refreshToken!, 'Mara'])
    expect(told).not.toContain(secret)
})

test('a mailbox that is connected, and what is decided on a draft, is told by its ids', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft({ subject: 'Drawings', text: 'How much would two more drawings cost?' })
  const wanted = { draftId: draft.id, version: draft.version }
  await inbox.api.settings.update({ undoWindowSeconds: 60 })
  await inbox.api.drafts.approve({ ...wanted, acceptOpenQuestions: true })
  await inbox.api.drafts.cancelSend(wanted)
  await inbox.api.drafts.reject(wanted)
  const { items } = await inbox.api.audit.list({})
  expect(items.map(({ action, detail }) => [action, detail]).slice(0, 3)).toEqual([
    ['DRAFT_REJECTED', { draftId: draft.id }],
    ['SEND_CANCELLED', { draftId: draft.id }],
    ['DRAFT_APPROVED', { draftId: draft.id, version: '1' }],
  ])
  expect(items.map(({ action }) => action)).toContain('MAILBOX_CONNECTED')
  expect(await inbox.api.audit.verify()).toMatchObject({ brokenAt: null })
})

test('nobody changes an entry, or takes one out; with the account it goes', async () => {
  const { userId } = await register()
  const ofThem = app.db.updateTable('auditLog').set({ action: 'LOGGED_IN' }).where('userId', '=', userId)
  await expect(ofThem.execute()).rejects.toThrow('the audit log is added to and nothing else')
  await expect(app.db.deleteFrom('auditLog').where('userId', '=', userId).execute()).rejects.toThrow(/nothing else/)
  await app.db.deleteFrom('users').where('id', '=', userId).execute()
  expect(await app.db.selectFrom('auditLog').where('userId', '=', userId).selectAll().execute()).toEqual([])
})

test.each([
  ['changed', 3, (id: string) => sql`update audit_log set detail = '{"names":"x"}' where user_id = ${id} and seq = 3`],
  [
    'dated back',
    2,
    (id: string) => sql`update audit_log set at = at - interval '1 ms' where user_id = ${id} and seq = 2`,
  ],
  ['taken out between others', 3, (id: string) => sql`delete from audit_log where user_id = ${id} and seq = 2`],
  ['taken out at the beginning', 2, (id: string) => sql`delete from audit_log where user_id = ${id} and seq = 1`],
  [
    'put in the place of another one, hash and all',
    3,
    (id: string) => sql`update audit_log set detail = '{}', hash = sha256('mine') where user_id = ${id} and seq = 3`,
  ],
])('an entry that was %s shows', async (_how, brokenAt, statement) => {
  const { userId, client } = await register()
  for (const signature of ['one', 'two', 'three']) await client.settings.update.mutate({ signature })
  expect(await client.audit.verify.query()).toEqual({ entries: 4, brokenAt: null })
  await tamper(statement(userId))
  expect((await client.audit.verify.query()).brokenAt).toBe(brokenAt)
})

test('entries that are added at once follow each other all the same, an owner’s chain by itself', async () => {
  const [one, other] = [await register(), await register()]
  const now = app.clock.now()
  const add = (userId: string, index: number) =>
    app.db
      .transaction()
      .execute((trx) => writeAudit(trx, userId, { at: now, action: 'SETTINGS_CHANGED', detail: { names: `${index}` } }))
  await Promise.all(Array.from({ length: 20 }, (_, index) => add((index % 2 ? one : other).userId, index)))
  for (const { client } of [one, other])
    expect(await client.audit.verify.query()).toEqual({ entries: 11, brokenAt: null })
})
