import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Draft } from '../../../shared-types/index.ts'
import { createTestApp } from '../../support/app.ts'
import { type Inbox, openInbox } from '../../support/connected-inbox.ts'
import { failAt, type Moment, stepsOf } from '../../support/crash.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

/** Every step of a dispatch in which nothing goes wrong; the first test holds this list against a real one. */
const dispatchSteps = [
  'claim-outbox',
  'gmail-create-draft',
  'take-quota',
  'note-gmail-draft',
  'gmail-read-draft',
  'mark-sending',
  'gmail-send-draft',
  'settle-sent',
] as const

const leaseMs = 61_000
const moments: readonly Moment[] = ['before', 'after']
const cases = dispatchSteps.flatMap((name) => moments.map((moment) => ({ name, moment })))

let inbox: Inbox
const drafts: Draft[] = []

beforeAll(async () => {
  inbox = await openInbox(app)
  for (let n = 0; n <= 2 * cases.length; n++)
    await app.deliver(inbox.owner, { subject: `Question ${n}`, from: `a${n}@engine.example` })
  await inbox.sync()
  drafts.push(...(await inbox.api.drafts.list({ limit: 100 })).items)
})

/** Approved, and due. */
async function approveNext(): Promise<Draft> {
  const draft = drafts.pop()
  if (!draft) throw new Error('all drafts are used up')
  await inbox.api.drafts.approve({ acceptOpenQuestions: true, draftId: draft.id, version: draft.version })
  return draft
}

async function sentFor({ to }: Draft): Promise<number> {
  const address = to[0]?.address ?? ''
  return (await inbox.sent()).filter(({ raw }) => new RegExp(`^To: ${address}\r$`, 'm').test(raw.toString())).length
}

async function expectSentOnce(draft: Draft): Promise<void> {
  expect(await sentFor(draft)).toBe(1)
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'sent' })
  expect(await inbox.email(draft.emailId)).toMatchObject({ status: 'sent' })
}

test('these are the steps a dispatch passes', async () => {
  const draft = await approveNext()
  const steps = await stepsOf(() => app.drainDelayed())
  expect(steps).toEqual(dispatchSteps)
  await expectSentOnce(draft)
})

describe('a worker that dies while it sends leaves one mail in the end', () => {
  test.each(cases)('$moment $name', async ({ name, moment }) => {
    const draft = await approveNext()
    expect(await failAt({ name, moment, isFatal: true }, () => app.drainDelayed())).toBe(true)
    expect(await sentFor(draft)).toBeLessThanOrEqual(1)

    app.clock.advance(leaseMs)
    await app.drainDelayed()
    await expectSentOnce(draft)
  })
})

describe('a step that fails while the worker lives leaves one mail in the end', () => {
  test.each(cases)('$moment $name', async ({ name, moment }) => {
    const draft = await approveNext()
    expect(await failAt({ name, moment, isFatal: false }, () => app.drainDelayed())).toBe(true)
    for (let tries = 0; tries < 2; tries++) {
      app.clock.advance(leaseMs)
      await app.drainDelayed()
    }
    await expectSentOnce(draft)
  })
})

test('in all this no send was asked of Gmail twice for one draft', () => {
  const answered = inbox.requests('POST', /\/drafts\/send$/).filter(({ status }) => status === 200)
  expect(answered).toHaveLength(2 * cases.length + 1)
})
