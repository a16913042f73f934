import { afterAll, afterEach, expect, test } from 'vitest'
import { workOnSend } from '../../../server/services/sending/work-on-send.ts'
import { hookSteps } from '../../../server/step.ts'
import { createTestApp } from '../../support/app.ts'
import { type Inbox, openInbox } from '../../support/connected-inbox.ts'
import { reasonsOf } from '../../support/refusals.ts'
import { arrive, gmailDrafts, newThreads, standingOf } from '../../support/thread-mail.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => hookSteps(undefined))

const closed = { email: 'no_reply', draft: 'superseded' }
const sent = { email: 'sent', draft: 'sent' }

const subjects = (count: number) => Array.from({ length: count }, (_, n) => `Question ${n}`)

test('an approval against the owner’s answer in Gmail: the draft is closed either way, and nothing goes out', async () => {
  const inbox = await openInbox(app, { undoWindowSeconds: 30 })
  const refused = new Set<string>()
  for (const { draft, threadId, version } of await newThreads(app, inbox, subjects(20))) {
    const outcomes = await Promise.allSettled([
      inbox.api.drafts.approve({ ...version, acceptOpenQuestions: true }),
      arrive(app, inbox, { threadId, direction: 'out' }),
    ])
    for (const reason of reasonsOf(outcomes)) refused.add(reason)
    expect(await standingOf(inbox, draft)).toMatchObject(closed)
  }
  expect([...refused].filter((reason) => reason !== 'DRAFT_NOT_PENDING')).toEqual([])
  app.clock.advance(31_000)
  await app.drainDelayed()
  expect(await inbox.sent()).toEqual([])
  expect(new Set((await inbox.outbox()).map(({ state }) => state))).toEqual(new Set(['CANCELLED']))
})

test('taking a send back against the owner’s answer: the draft is closed either way', async () => {
  const inbox = await openInbox(app, { undoWindowSeconds: 30 })
  for (const { draft, threadId, version } of await newThreads(app, inbox, subjects(20))) {
    await inbox.api.drafts.approve({ ...version, acceptOpenQuestions: true })
    const outcomes = await Promise.allSettled([
      inbox.api.drafts.cancelSend(version),
      arrive(app, inbox, { threadId, direction: 'out' }),
    ])
    expect(['', 'SEND_NOT_CANCELLABLE']).toContain(reasonsOf(outcomes).join())
    expect(await standingOf(inbox, draft)).toMatchObject(closed)
  }
})

test('an approval against the run of a second question: in the end one draft waits, and it answers both', async () => {
  const inbox = await openInbox(app, { undoWindowSeconds: 30 })
  const approved = new Set<string>()
  for (const [round, { draft, threadId, version }] of (await newThreads(app, inbox, subjects(20))).entries()) {
    const { messageId } = await app.db
      .selectFrom('emails')
      .where('id', '=', draft.emailId)
      .select('messageId')
      .executeTakeFirstOrThrow()
    const inReplyTo = messageId ?? ''
    await app.deliver(inbox.owner, { subject: draft.subject, inReplyTo })
    const reached = nextStep(round % 2 === 0 ? 'settle-run' : 'record-generate')
    const [approval] = await Promise.allSettled([
      reached.then(() => inbox.api.drafts.approve({ ...version, acceptOpenQuestions: true })),
      inbox.sync(),
    ])
    approved.add(approval.status)
    const { items } = await inbox.api.emails.list({ threadId })
    expect(items.map(({ status }) => status)).toEqual(['needs_review', 'needs_review'])
    expect(items.map((item) => item.draft?.status)).toEqual(['pending', 'superseded'])
  }
  expect(approved.has('fulfilled')).toBe(true)
  app.clock.advance(31_000)
  await app.drainDelayed()
  expect(await inbox.sent()).toEqual([])
})

test('a dispatch against the owner’s answer: either it was called off and nothing went out, or it went out', async () => {
  const inbox = await openInbox(app)
  const ends = { closed: 0, sent: 0 }
  for (const [round, { draft, threadId, version }] of (await newThreads(app, inbox, subjects(40))).entries()) {
    await inbox.api.drafts.approve({ ...version, acceptOpenQuestions: true })
    const outboxId = (await inbox.outbox()).at(-1)?.id ?? ''
    const before = (await inbox.sent()).length
    // At another step of the dispatch each round, and at the same time as that step.
    const reached = nextStep(dispatchSteps[round % dispatchSteps.length] ?? '')
    const dispatching = workOnSend(app.ctx, { userId: inbox.userId, outboxId }, new AbortController().signal)
    const answering = reached.then(() => arrive(app, inbox, { threadId, direction: 'out' }))
    const [, arrived] = await Promise.allSettled([dispatching, answering])

    expect(arrived.status).toBe('fulfilled')
    const delivered = (await inbox.sent()).length - before
    expect(await standingOf(inbox, draft)).toMatchObject(delivered === 1 ? sent : closed)
    ends[delivered === 1 ? 'sent' : 'closed'] += 1
  }
  expect(Math.min(ends.closed, ends.sent)).toBeGreaterThan(0)
  await app.drainDelayed()
  expect(await inbox.sent()).toHaveLength(ends.sent)
  expect(await gmailDrafts(app, inbox)).toEqual([])
})

test('a run that ends while a newer message is stored leaves no draft open, whichever was first', async () => {
  const inbox = await openInbox(app)
  for (let round = 0; round < 20; round++) {
    const { id: gmailId, threadId } = await app.deliver(inbox.owner, { subject: `Question ${round}` })
    const reached = nextStep(round % 2 === 0 ? 'settle-run' : 'record-generate')
    const arriving = reached.then(() => arrive(app, inbox, { threadId, direction: 'out' }))
    await Promise.all([inbox.sync(), arriving])
    expect(await draftsOf(inbox, gmailId)).not.toContain('pending')
  }
})

const dispatchSteps = ['claim-outbox', 'gmail-create-draft', 'note-gmail-draft', 'mark-sending', 'gmail-send-draft']

/** Resolves as this step begins; nothing waits for what follows. */
function nextStep(name: string): Promise<void> {
  return new Promise((resolve) => {
    hookSteps({
      before(current) {
        if (current === name) resolve()
      },
    })
  })
}

async function draftsOf({ userId }: Inbox, gmailId: string): Promise<string[]> {
  const rows = await app.db
    .selectFrom('drafts')
    .innerJoin('emails', 'emails.id', 'drafts.emailId')
    .where('drafts.userId', '=', userId)
    .where('emails.gmailId', '=', gmailId)
    .select('drafts.status')
    .execute()
  return rows.map(({ status }) => status)
}
