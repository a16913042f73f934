import { afterAll, afterEach, expect, test } from 'vitest'
import { hookSteps } from '../../server/step.ts'
import { createAutomaticApp, earnTrust, openAutomatic } from '../support/automatic.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { draftWithHours, hourIn } from '../support/held-hours.ts'
import { httpClient, refusalOf } from '../support/http-client.ts'
import { createScriptedModel } from '../support/scripted-model.ts'

const model = createScriptedModel()
const app = await createAutomaticApp({}, 'Dear Ada,\n\ngladly.\n\nMara', model)
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => hookSteps(undefined))

const taken = { status: 409, reason: 'SLOT_TAKEN', message: expect.stringContaining('regenerate') }

test('of 32 replies that accept the same hour, approved one after the other, one goes out', async () => {
  const inbox = await openInbox(app, { undoWindowSeconds: 600 })
  const client = await httpClient(app, inbox.owner)
  const hour = hourIn(app, 3)
  const drafts = []
  for (let person = 0; person < 32; person += 1) {
    drafts.push(await draftWithHours(app, inbox, `Person${person}`, [hour]))
  }
  const [first, second, ...rest] = drafts
  await client.drafts.approve.mutate(first!.version)
  expect(await refusalOf(client.drafts.approve.mutate(second!.version))).toMatchObject(taken)
  const sendAt = new Date(app.clock.now().getTime() + 3_600_000).toISOString()
  expect(await refusalOf(client.drafts.schedule.mutate({ ...second!.version, sendAt }))).toMatchObject(taken)
  const { items } = await client.drafts.bulkApprove.mutate({ drafts: rest.map(({ version }) => version) })
  expect(items.map((item) => (item.ok ? 'approved' : item.reason))).toEqual(rest.map(() => 'SLOT_TAKEN'))
  expect(await inbox.outbox()).toHaveLength(1)
  expect(await inbox.draft(second!.id)).toMatchObject({ status: 'pending' })
  expect(await inbox.email(second!.emailId)).toMatchObject({ status: 'needs_review' })

  await client.drafts.cancelSend.mutate(first!.version)
  expect(await client.drafts.approve.mutate(second!.version)).toMatchObject({ status: 'approved' })
  expect(await refusalOf(client.drafts.approve.mutate(first!.version))).toMatchObject(taken)
})

test.each(['approved', 'sending', 'unknown', 'sent'] as const)(
  'an hour of a reply that is %s is not promised to somebody else, nor a part of it',
  async (status) => {
    const inbox = await openInbox(app)
    const client = await httpClient(app, inbox.owner)
    const promised = await draftWithHours(app, inbox, 'Ada', [hourIn(app, 3), hourIn(app, 4)])
    await app.db.updateTable('drafts').set({ status }).where('id', '=', promised.id).execute()
    const overlapping = await draftWithHours(app, inbox, 'Grace', [hourIn(app, 2), hourIn(app, 4, 30)])
    expect(await refusalOf(client.drafts.approve.mutate(overlapping.version))).toMatchObject(taken)
    const free = await draftWithHours(app, inbox, 'Mary', [hourIn(app, 2), hourIn(app, 5)])
    expect(await client.drafts.approve.mutate(free.version)).toMatchObject({ status: 'approved' })
  },
)

test('an hour is no other’s when it waits or was refused, is for the same person, or was settled by their answer', async () => {
  const inbox = await openInbox(app, { undoWindowSeconds: 600 })
  const [first, second, third] = [hourIn(app, 3), hourIn(app, 4), hourIn(app, 5)]
  const other = await draftWithHours(app, inbox, 'Ada', [first, second, third])
  for (const [status, hour] of [
    ['pending', first],
    ['rejected', second],
    ['superseded', third],
  ] as const) {
    await app.db.updateTable('drafts').set({ status }).where('id', '=', other.id).execute()
    const draft = await draftWithHours(app, inbox, `After ${status}`.replace(' ', ''), [hour])
    expect(await inbox.api.drafts.approve(draft.version)).toMatchObject({ status: 'approved' })
  }

  const [fourth, fifth] = [hourIn(app, 6), hourIn(app, 7)]
  const promised = await draftWithHours(app, inbox, 'Grace', [fourth, fifth])
  await app.db.updateTable('drafts').set({ status: 'sent' }).where('id', '=', promised.id).execute()
  const again = await draftWithHours(app, inbox, 'Grace', [fourth])
  expect(await inbox.api.drafts.approve(again.version)).toMatchObject({ status: 'approved' })
  const mail = await app.db
    .selectFrom('emails')
    .where('id', '=', promised.emailId)
    .selectAll()
    .executeTakeFirstOrThrow()
  const answer = await draftWithHours(app, inbox, 'Grace', [])
  const receivedAt = new Date(Date.parse(mail.receivedAt) + 60_000).toISOString()
  const { threadId } = mail
  await app.db.updateTable('emails').set({ threadId, receivedAt }).where('id', '=', answer.emailId).execute()
  const mary = await draftWithHours(app, inbox, 'Mary', [fifth])
  expect(await inbox.api.drafts.approve(mary.version)).toMatchObject({ status: 'approved' })
})

test('a reply that would go out unread waits for its owner when its hour was promised meanwhile', async () => {
  model.always('classify', (usual) => ({ ...usual, intent: 'meeting_request', needsReply: true, confidence: 0.95 }))
  const inbox = await openAutomatic(app, { freeBusyShareable: true, allowedIntents: ['meeting_request'] })
  await earnTrust(app, inbox, [], ['meeting_request'])
  const asks = { subject: 'Meet?', text: 'Hello Mara,\r\n\r\nwhen are you free to meet next week?\r\n\r\nAda' }
  const usual = await inbox.receive(asks)
  expect(usual).toMatchObject({ status: 'approved' })
  hookSteps({
    async before(name) {
      if (name !== 'settle-run') return
      hookSteps(undefined)
      const held = await app.db
        .selectFrom('slotHolds')
        .where('userId', '=', inbox.userId)
        .orderBy('startAt', 'desc')
        .select(['startAt', 'endAt'])
        .executeTakeFirstOrThrow()
      const promised = await draftWithHours(app, inbox, 'Grace', [held])
      await app.db.updateTable('drafts').set({ status: 'approved' }).where('id', '=', promised.id).execute()
    },
  })
  const email = await inbox.receive({ ...asks, subject: 'Meet once more?' })
  expect(email).toMatchObject({ status: 'needs_review', draft: { status: 'pending' } })
  expect((await inbox.draft(email.draft?.id ?? '')).reasons.map(({ code }) => code)).toEqual(['SLOT_TAKEN'])
})
