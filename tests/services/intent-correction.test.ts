import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { EmailItem } from '../../shared-types/index.ts'
import { hookSteps } from '../../server/step.ts'
import { createTestApp } from '../support/app.ts'
import { type Inbox, openInbox } from '../support/connected-inbox.ts'
import { findTrace } from '../support/inbox.ts'
import { refusal, seenOf } from '../support/refusals.ts'
import { createScriptedModel } from '../support/scripted-model.ts'

const model = createScriptedModel()
const app = await createTestApp({ ports: model.ports })
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => hookSteps(undefined))
beforeEach(() => {
  model.reset()
  model.always('classify', (usual) => ({ ...usual, intent: 'inquiry', confidence: 0.75 }))
})

const owners = { code: 'CORRECTED_BY_OWNER', text: 'You said yourself what this e-mail is.' }
const corrected = { intent: 'complaint', confidence: 1, reasons: [owners] }

const keptOf = ({ userId }: Inbox) =>
  app.db
    .selectFrom('intentCorrections')
    .where('userId', '=', userId)
    .select(['emailId', 'modelIntent', 'modelConfidence', 'intent'])
    .execute()

async function process(inbox: Inbox, emailId: string) {
  await inbox.api.emails.process({ emailId })
  await app.drain()
}

test('the owner’s word is the mail’s intent, beside what the model had said, and moves nothing else', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const { emailId } = draft
  const answer = await inbox.api.emails.correctIntent({ emailId, intent: 'complaint' })
  expect(EmailItem.parse(answer)).toEqual(answer)
  expect(answer).toMatchObject({
    ...corrected,
    id: emailId,
    status: 'needs_review',
    draft: { id: draft.id, version: 1 },
  })
  expect(await inbox.email(emailId)).toMatchObject(answer)
  expect(await keptOf(inbox)).toEqual([{ emailId, modelIntent: 'inquiry', modelConfidence: 0.75, intent: 'complaint' }])
  const { byIntent, byStatus } = await inbox.api.emails.stats()
  expect(byIntent).toMatchObject({ inquiry: 0, complaint: 1 })
  expect(byStatus).toMatchObject({ needs_review: 1 })
})

test('a second word replaces the first, and the model’s own leaves nothing to keep', async () => {
  const inbox = await openInbox(app)
  const { emailId } = await inbox.newDraft()
  await inbox.api.emails.correctIntent({ emailId, intent: 'complaint' })
  await inbox.api.emails.correctIntent({ emailId, intent: 'follow_up' })
  expect(await keptOf(inbox)).toEqual([{ emailId, modelIntent: 'inquiry', modelConfidence: 0.75, intent: 'follow_up' }])
  const back = await inbox.api.emails.correctIntent({ emailId, intent: 'inquiry' })
  expect(back).toMatchObject({ intent: 'inquiry', confidence: 1, reasons: [owners] })
  expect(await keptOf(inbox)).toEqual([])
  expect((await inbox.api.emails.stats()).byIntent).toMatchObject({ inquiry: 1, complaint: 0, follow_up: 0 })

  model.next('classify', (usual) => ({ ...usual, intent: 'other' }))
  await inbox.api.emails.classify({ emailId })
  await app.drain()
  expect(await inbox.email(emailId)).toMatchObject({ intent: 'other' })
})

test('it goes with its mail', async () => {
  const inbox = await openInbox(app)
  const { emailId } = await inbox.newDraft()
  await inbox.api.emails.correctIntent({ emailId, intent: 'complaint' })
  await app.db.deleteFrom('emails').where('userId', '=', inbox.userId).where('id', '=', emailId).execute()
  expect(await keptOf(inbox)).toEqual([])
})

test('no later run overwrites it, though the owner asks for one', async () => {
  const inbox = await openInbox(app)
  const { emailId } = await inbox.newDraft()
  await inbox.api.emails.correctIntent({ emailId, intent: 'complaint' })
  await inbox.api.emails.classify({ emailId })
  await app.drain()
  expect(await inbox.email(emailId)).toMatchObject(corrected)

  await process(inbox, emailId)
  const mail = await inbox.email(emailId)
  expect(mail).toMatchObject({ intent: 'complaint', confidence: 1, status: 'needs_review' })
  expect(mail.reasons[0]).toEqual(owners)
  // The gate sees a complaint too, and the draft is of one.
  expect(mail.reasons.map(({ code }) => code)).toContain('COMPLAINT')
  expect(model.asked('generate').at(-1)?.facts).toMatchObject({ intent: 'complaint' })
  const { steps } = await findTrace(app, inbox.owner, emailId)
  expect(steps[0]?.output).toMatchObject({ intent: 'complaint', decidedBy: 'owner' })
  expect(await keptOf(inbox)).toMatchObject([{ modelIntent: 'inquiry', intent: 'complaint' }])
})

test.each(['record-classify', 'model-generate', 'settle-run'])(
  'a mail being processed keeps to a correction made before %s',
  async (moment) => {
    const inbox = await openInbox(app, { processOnSync: false, classifyOnSync: false })
    const { id: emailId } = await inbox.receive()
    hookSteps({
      async before(name) {
        if (name !== moment) return
        hookSteps(undefined)
        await inbox.api.emails.correctIntent({ emailId, intent: 'complaint' })
      },
    })
    await process(inbox, emailId)
    const mail = await inbox.email(emailId)
    expect(mail).toMatchObject({ intent: 'complaint', confidence: 1, status: 'needs_review', draft: { version: 1 } })
    expect(mail.reasons[0]).toEqual(owners)
    expect(await keptOf(inbox)).toMatchObject([{ modelIntent: null, intent: 'complaint' }])
    expect((await inbox.api.emails.stats()).byIntent).toMatchObject({ inquiry: 0, complaint: 1 })
  },
)

test('what the rules took for machine mail, or for one without a question, keeps the owner’s word too', async () => {
  const inbox = await openInbox(app)
  const parcel = await inbox.receive({ from: 'no-reply@shop.example', subject: 'Your parcel' })
  await inbox.api.emails.correctIntent({ emailId: parcel.id, intent: 'follow_up' })
  await process(inbox, parcel.id)
  const mail = await inbox.email(parcel.id)
  expect(mail).toMatchObject({ intent: 'follow_up', confidence: 1, status: 'no_reply' })
  expect(mail.reasons.map(({ code }) => code)).toEqual(['CORRECTED_BY_OWNER', 'TAKES_NO_REPLIES'])
})

test('only mail that came in is corrected, and a stranger’s is not there', async () => {
  const [inbox, stranger] = [await openInbox(app), await openInbox(app)]
  const { id: emailId } = await inbox.receive({ direction: 'out' })
  const correct = { emailId, intent: 'spam' } as const
  await expect(inbox.api.emails.correctIntent(correct)).rejects.toMatchObject(refusal('EMAIL_NOT_INBOUND'))
  const foreign = await seenOf(stranger.api.emails.correctIntent(correct))
  expect(foreign).toEqual(await seenOf(stranger.api.emails.correctIntent({ ...correct, emailId: randomUUID() })))
  expect(foreign).toMatchObject({ code: 'NOT_FOUND' })
})
