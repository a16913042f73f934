import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { TokenScope } from '../../shared-types/index.ts'
import type { TestOwner } from '../support/app.ts'
import { createAutomaticApp, openAutomatic } from '../support/automatic.ts'
import { type Inbox, openInbox } from '../support/connected-inbox.ts'
import { httpClient, refusalOf } from '../support/http-client.ts'
import { nobodysIds, procedureInputs } from '../support/procedure-inputs.ts'
import { callRaw, procedures } from '../support/procedures.ts'

const app = await createAutomaticApp()
afterAll(() => app[Symbol.asyncDispose]())
beforeEach(() => app.db.deleteFrom('rateLimits').execute())

const nobody: readonly TokenScope[] = []
const readers: readonly TokenScope[] = ['read', 'draft']
const drafters: readonly TokenScope[] = ['draft']

/** Which programs each procedure lets in, written down: a new one is added here by hand. */
const letsIn: Record<string, readonly TokenScope[]> = {
  'auth.register': nobody,
  'auth.login': nobody,
  'auth.refresh': nobody,
  'auth.logout': nobody,
  'auth.logoutEverywhere': nobody,
  'auth.sessions': nobody,
  'auth.revokeSession': nobody,
  'auth.tokens': nobody,
  'auth.createToken': nobody,
  'auth.revokeToken': nobody,
  'auth.changePassword': nobody,
  'auth.requestPasswordReset': nobody,
  'auth.resetPassword': nobody,
  'auth.me': readers,
  'auth.logins': nobody,
  'auth.removeGoogleLogin': nobody,
  'auth.deleteAccount': nobody,
  'mailboxes.disconnect': nobody,
  'mailboxes.authorizeUrl': nobody,
  'mailboxes.list': readers,
  'mailboxes.estimateImport': readers,
  'mailboxes.sync': nobody,
  'emails.list': readers,
  'emails.get': readers,
  'emails.thread': readers,
  'emails.stats': readers,
  'emails.process': drafters,
  'emails.classify': drafters,
  'emails.correctIntent': nobody,
  'emails.dismiss': nobody,
  'emails.quarantined': readers,
  'emails.waiting': readers,
  'emails.retryQuarantined': nobody,
  'drafts.list': readers,
  'drafts.get': readers,
  'drafts.edit': drafters,
  'drafts.approve': nobody,
  'drafts.reject': nobody,
  'drafts.undoReject': nobody,
  'drafts.cancelSend': nobody,
  'drafts.schedule': nobody,
  'drafts.regenerate': drafters,
  'drafts.answer': drafters,
  'drafts.bulkApprove': nobody,
  'drafts.bulkReject': nobody,
  'drafts.resolveSend': nobody,
  'batches.list': readers,
  'batches.get': readers,
  'batches.classify': drafters,
  'batches.process': drafters,
  'batches.cancel': drafters,
  'batches.retryFailed': drafters,
  'calendar.availability': readers,
  'calendar.events': readers,
  'calendar.createEvent': nobody,
  'templates.list': readers,
  'templates.get': readers,
  'templates.render': readers,
  'templates.export': readers,
  'templates.import': nobody,
  'templates.create': nobody,
  'templates.update': nobody,
  'templates.delete': nobody,
  'templates.approve': nobody,
  'contacts.list': readers,
  'contacts.get': readers,
  'contacts.emails': readers,
  'contacts.export': readers,
  'contacts.upsert': nobody,
  'contacts.delete': nobody,
  'contacts.merge': nobody,
  'contacts.import': nobody,
  'traces.list': readers,
  'traces.get': readers,
  'traces.replay': nobody,
  'metrics.summary': readers,
  'metrics.intents': readers,
  'metrics.latency': readers,
  'metrics.tools': readers,
  'metrics.usage': readers,
  'metrics.timeseries': readers,
  'settings.get': readers,
  'settings.update': nobody,
  'settings.setHubspotKey': nobody,
  'trust.list': readers,
  'notifications.list': readers,
  'notifications.markRead': nobody,
  'notifications.stream': readers,
  'audit.list': nobody,
  'audit.verify': nobody,
}

async function tokenOf(owner: TestOwner, scopes: TokenScope[]): Promise<string> {
  return (await app.as(owner).auth.createToken({ name: 'A program', expiresInDays: 1, scopes })).token
}

const programOf = async (inbox: Inbox, scopes: TokenScope[] = ['draft']) =>
  httpClient(app, { accessToken: await tokenOf(inbox.owner, scopes) })

test('every procedure that is offered says here which programs it lets in', () => {
  expect(Object.keys(letsIn).toSorted()).toEqual(procedures.map(({ name }) => name).toSorted())
})

let owner: TestOwner
const tokens = new Map<TokenScope, string>()
beforeAll(async () => {
  owner = await app.newOwner()
  for (const scope of ['read', 'draft'] as const) tokens.set(scope, await tokenOf(owner, [scope]))
})

/** What is asked for is not there, or this owner has no mailbox. */
const inside = ['200', '404 NOT_FOUND', '412 MAILBOX_DISCONNECTED']

test.each(procedures)('$name lets in those programs and no other', async (procedure) => {
  for (const [scope, token] of tokens) {
    const { status, data } = await callRaw(
      app,
      procedure,
      procedureInputs[procedure.name]?.(nobodysIds(app.clock.now())),
      token,
    )
    const expected = letsIn[procedure.name]?.includes(scope) ? inside : ['403 TOKEN_SCOPE']
    expect(expected).toContain(`${status} ${data?.reason ?? ''}`.trim())
  }
})

test('a refusal says what to do, and comes before anything is said of the input', async () => {
  const inbox = await openInbox(app)
  const reader = await programOf(inbox, ['read'])
  const wrong = { draftId: 'x', version: 1, body: '' }
  expect(await refusalOf(reader.drafts.edit.mutate(wrong))).toMatchObject({
    message: 'This token may only read. For this, make one with the scope “draft”.',
    fieldErrors: null,
  })
  expect(await refusalOf(reader.drafts.approve.mutate({ draftId: 'x', version: 0 }))).toMatchObject({
    message: 'No personal token allows this: sign in and do it yourself.',
    fieldErrors: null,
  })
})

test('a program reads its owner’s mail and nobody else’s', async () => {
  const inbox = await openInbox(app)
  const { id: emailId } = await inbox.receive()
  const mine = await programOf(inbox, ['read'])
  expect((await mine.emails.list.query({})).items.map(({ id }) => id)).toEqual([emailId])
  const theirs = await programOf(await openInbox(app))
  expect(await refusalOf(theirs.emails.get.query({ emailId }))).toMatchObject({ status: 404, reason: 'NOT_FOUND' })
  expect(await refusalOf(theirs.emails.process.mutate({ emailId }))).toMatchObject({ reason: 'NOT_FOUND' })
})

test('a run that sends by itself when the owner asks for it waits for the owner when a program does', async () => {
  const inbox = await openAutomatic(app, { processOnSync: false })
  const program = await programOf(inbox)
  const forOwner = await inbox.receive({ subject: 'The drawings', text: 'May I see the drawings?' })
  const forProgram = await inbox.receive({ subject: 'The engine', text: 'May I see the engine?' })
  expect([forOwner.status, forProgram.status]).toEqual(['pending', 'pending'])

  await inbox.api.emails.process({ emailId: forOwner.id })
  const { traceId } = await program.emails.process.mutate({ emailId: forProgram.id })
  await app.drain()
  expect((await inbox.email(forOwner.id)).status).toBe('approved')
  const waiting = await inbox.email(forProgram.id)
  expect(waiting.status).toBe('needs_review')
  expect((await inbox.draft(waiting.draft?.id ?? '')).reasons).toMatchObject([{ code: 'REVIEW_ONLY' }])
  const trace = await inbox.api.traces.get({ traceId })
  expect([trace.mode, trace.request]).toEqual(['reviewOnly', { byProgram: true }])

  // Nor does another try of it, or another sorting, make it one that goes out.
  await program.emails.classify.mutate({ emailId: forProgram.id })
  await app.drain()
  await program.emails.process.mutate({ emailId: forProgram.id, replyAnyway: false })
  await app.drain()
  app.clock.advance(31_000)
  await app.drainDelayed()
  expect((await inbox.sent()).map(({ threadId }) => threadId)).toEqual([forOwner.threadId])
  expect((await inbox.email(forProgram.id)).status).toBe('needs_review')
})

test('what a program has worked on in a batch waits for its owner, also where the owner tries it again', async () => {
  const inbox = await openAutomatic(app, { processOnSync: false, classifyOnSync: false })
  const program = await programOf(inbox)
  const mail = await inbox.receive({ subject: 'The drawings', text: 'May I see the drawings?' })
  const { id: batchId } = await program.batches.process.mutate({ emailIds: [mail.id] })
  await app.drain()
  expect((await inbox.email(mail.id)).status).toBe('needs_review')
  await app.db.updateTable('batchItems').set({ status: 'failed', reason: 'RUN_FAILED', message: 'x' }).execute()
  await inbox.api.batches.retryFailed({ batchId })
  await app.drain()
  expect(await program.batches.get.query({ batchId })).toMatchObject({ status: 'completed', succeeded: 1 })
  expect((await inbox.email(mail.id)).status).toBe('needs_review')
  const { items } = await inbox.api.traces.list({ emailId: mail.id })
  expect(items.map(({ mode }) => mode)).toEqual(['reviewOnly', 'reviewOnly'])

  await inbox.api.batches.process({ emailIds: [mail.id] })
  await app.drain()
  expect((await inbox.email(mail.id)).status).toBe('approved')
})

test('what a program writes is told from its owner’s words, and teaches the agent nothing', async () => {
  const inbox = await openAutomatic(app, { autonomy: 'ask' })
  const program = await programOf(inbox)
  const draft = await inbox.newDraft({ subject: 'The drawings', text: 'May I see the drawings?' })
  const lessons = () => app.db.selectFrom('draftLessons').where('userId', '=', inbox.userId).selectAll().execute()
  const trust = () => app.db.selectFrom('trustDecisions').where('userId', '=', inbox.userId).selectAll().execute()
  const before = await trust()
  const whose = async () =>
    (await inbox.draft(draft.id)).sentences
      .filter(({ writtenBy }) => writtenBy !== 'agent')
      .map(({ text, writtenBy }) => [text, writtenBy])

  const ours = await inbox.api.drafts.edit({ draftId: draft.id, version: 1, body: `${draft.body}\n\nIt is blue.` })
  expect(await lessons()).toHaveLength(1)
  const told = await trust()
  const theirs = await program.drafts.edit.mutate({
    draftId: draft.id,
    version: ours.version,
    body: `${ours.body}\n\nIt is red.`,
  })
  expect(await whose()).toEqual([
    ['It is blue.', 'owner'],
    ['It is red.', 'program'],
  ])
  expect([await lessons(), await trust()]).toMatchObject([[{ added: ['It is blue.'] }], told])
  expect(told.length).toBeGreaterThan(before.length)

  const last = await inbox.api.drafts.edit({
    draftId: draft.id,
    version: theirs.version,
    body: `${theirs.body}\n\nIt is green.`,
  })
  expect(await whose()).toEqual([
    ['It is blue.', 'owner'],
    ['It is red.', 'program'],
    ['It is green.', 'owner'],
  ])
  expect(await lessons()).toEqual([])

  await program.drafts.regenerate.mutate({ draftId: draft.id, version: last.version, fault: 'WRONG_TONE' })
  await app.drain()
  expect([await lessons(), await inbox.sent()]).toEqual([[], []])
})
