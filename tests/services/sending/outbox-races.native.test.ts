import { afterAll, afterEach, expect, test } from 'vitest'
import type { Draft } from '../../../shared-types/index.ts'
import { workOnSend } from '../../../server/services/sending/work-on-send.ts'
import { hookSteps } from '../../../server/step.ts'
import { createTestApp } from '../../support/app.ts'
import { type Inbox, openInbox } from '../../support/connected-inbox.ts'
import { reasonsOf } from '../../support/refusals.ts'
import { approvalOf, versionOf } from '../../support/sending.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => hookSteps(undefined))

const all = <T>(count: number, call: (n: number) => Promise<T>) =>
  Promise.allSettled(Array.from({ length: count }, (_, n) => call(n)))
const fulfilled = <T>(outcomes: readonly PromiseSettledResult<T>[]) =>
  outcomes.filter((outcome) => outcome.status === 'fulfilled')

/** Drafts of as many mails, in one inbox. */
async function newDrafts(count: number): Promise<{ inbox: Inbox; drafts: Draft[] }> {
  const inbox = await openInbox(app)
  for (let n = 0; n < count; n++) {
    await app.deliver(inbox.owner, { subject: `Question ${n}`, from: `a${n}@engine.example` })
  }
  await inbox.sync()
  return { inbox, drafts: (await inbox.api.drafts.list({ limit: 100 })).items }
}

async function dispatch(inbox: Inbox, outboxId: string): Promise<void> {
  await workOnSend(app.ctx, { userId: inbox.userId, outboxId }, new AbortController().signal)
}

test('of fifty approvals of one draft at once one wins: one outbox row, one mail', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const outcomes = await all(100, () => inbox.api.drafts.approve(approvalOf(draft)))

  expect(fulfilled(outcomes)).toHaveLength(1)
  expect(reasonsOf(outcomes)).toEqual(['DRAFT_ALREADY_APPROVED'])
  expect(await inbox.outbox()).toHaveLength(1)
  await app.drainDelayed()
  expect(await inbox.sent()).toHaveLength(1)
})

test('five workers that dispatch one send make one mail', async () => {
  const { inbox, drafts } = await newDrafts(10)
  for (const draft of drafts) {
    await inbox.api.drafts.approve(approvalOf(draft))
    const outboxId = (await inbox.outbox()).at(-1)?.id ?? ''
    const outcomes = await all(5, () => dispatch(inbox, outboxId))
    expect(fulfilled(outcomes).length).toBeGreaterThanOrEqual(1)
    expect(await inbox.draft(draft.id)).toMatchObject({ status: 'sent' })
  }
  expect(await inbox.sent()).toHaveLength(drafts.length)
  expect(inbox.requests('POST', /\/drafts\/send$/)).toHaveLength(drafts.length)
  expect(inbox.requests('POST', /\/drafts$/)).toHaveLength(drafts.length)
})

test('in a hundred races of a cancel against the dispatch, a cancel that was confirmed means nothing went out', async () => {
  const { inbox, drafts } = await newDrafts(100)
  const ends = { cancelled: 0, sent: 0 }
  for (const [round, draft] of drafts.entries()) {
    await inbox.api.drafts.approve(approvalOf(draft))
    const outboxId = (await inbox.outbox()).at(-1)?.id ?? ''
    const before = (await inbox.sent()).length
    // At another step of the dispatch each round, and at the same time as that step.
    const reached = nextStep(dispatchSteps[round % dispatchSteps.length] ?? '')
    const cancelling = reached.then(() => inbox.api.drafts.cancelSend(versionOf(draft)))
    const [cancel] = await Promise.allSettled([cancelling, dispatch(inbox, outboxId)])
    const delivered = (await inbox.sent()).length - before
    const isCancelled = cancel.status === 'fulfilled'

    expect(delivered).toBe(isCancelled ? 0 : 1)
    expect(await inbox.draft(draft.id)).toMatchObject({ status: isCancelled ? 'pending' : 'sent' })
    expect(reasonsOf([cancel])).toEqual(isCancelled ? [] : ['SEND_NOT_CANCELLABLE'])
    ends[isCancelled ? 'cancelled' : 'sent'] += 1
  }
  expect(ends.cancelled + ends.sent).toBe(100)
  expect(Math.min(ends.cancelled, ends.sent)).toBeGreaterThan(0)
  await app.drainDelayed()
  expect(await inbox.sent()).toHaveLength(ends.sent)
  expect(await app.google.drafts(inbox.owner.email)).toEqual([])
})

test('the owner settles an unknown send as it shows itself: one of the two, and mail, draft and send agree', async () => {
  const { inbox, drafts } = await newDrafts(12)
  const ends = { byOwner: 0, byItself: 0 }
  for (const [round, draft] of drafts.entries()) {
    await inbox.api.drafts.approve(approvalOf(draft))
    const outboxId = (await inbox.outbox()).at(-1)?.id ?? ''
    await becomeUnknown(inbox, outboxId)
    const finding = dispatch(inbox, outboxId)
    if (round % 2 === 0) await nextStep('gmail-find-sent')
    const settling = inbox.api.drafts.resolveSend({ ...versionOf(draft), outcome: 'not_sent' })
    const [owner] = await Promise.allSettled([settling, finding])

    const isOwners = owner.status === 'fulfilled'
    expect(reasonsOf([owner])).toEqual(isOwners ? [] : ['SEND_NOT_UNKNOWN'])
    const entry = (await inbox.outbox()).find(({ id }) => id === outboxId)
    expect([entry?.state, (await inbox.draft(draft.id)).status, (await inbox.email(draft.emailId)).status]).toEqual(
      isOwners ? ['NOT_SENT', 'pending', 'needs_review'] : ['SENT', 'sent', 'sent'],
    )
    ends[isOwners ? 'byOwner' : 'byItself'] += 1
  }
  expect(ends.byOwner + ends.byItself).toBe(drafts.length)
})

/** Sent, and nobody knows: the answer is lost, and the conversation shows nothing until the bound is past. */
async function becomeUnknown(inbox: Inbox, outboxId: string): Promise<void> {
  app.google.inject({ match: { path: /\/drafts\/send$/, email: inbox.owner.email }, kind: 'answer-lost' })
  app.google.delaySentVisibility(Infinity)
  await dispatch(inbox, outboxId).catch(() => undefined)
  app.clock.advance(11 * 60_000)
  await dispatch(inbox, outboxId)
  app.google.delaySentVisibility(0)
  app.clock.advance(16 * 60_000)
}

test('approving and asking for a new run at once: one of the two, never both', async () => {
  const { inbox, drafts } = await newDrafts(20)
  for (const draft of drafts) {
    const [approved, asked] = await Promise.allSettled([
      inbox.api.drafts.approve(approvalOf(draft)),
      inbox.api.emails.process({ emailId: draft.emailId }),
    ])
    expect([approved.status, asked.status].sort()).toEqual(['fulfilled', 'rejected'])
  }
  await app.drainDelayed()
  for (const { emailId } of drafts) {
    expect(['sent', 'needs_review']).toContain((await inbox.email(emailId)).status)
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
