import * as fc from 'fast-check'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { calibrated, reliabilityCurve } from '../../server/agent/calibration.ts'
import { automaticReply, createAutomaticApp, openAutomatic } from '../support/automatic.ts'
import { type Inbox, openInbox } from '../support/connected-inbox.ts'
import { createScriptedModel } from '../support/scripted-model.ts'

const model = createScriptedModel()
const app = await createAutomaticApp({}, automaticReply, model)
afterAll(() => app[Symbol.asyncDispose]())

beforeEach(() => {
  model.always('classify', (usual) => ({ ...usual, intent: 'inquiry', needsReply: true, confidence: 0.8 }))
})

test.each([
  [0.8, 0, 0, 0.8],
  [0.8, 10, 0, 0.9],
  [0.8, 0, 10, 0.4],
  [0.5, 15, 5, 20 / 30],
  [1, 0, 90, 0.1],
  [0, 0, 0, 0],
])('a word of %f after %i times right and %i times wrong', (confidence, right, wrong, expected) => {
  expect(calibrated(confidence, { right, wrong })).toBeCloseTo(expected, 10)
})

test('it stays between nothing and all, rises with what was right and falls with what was wrong', () => {
  const count = fc.nat(10_000)
  const confidence = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(confidence, count, count, (word, right, wrong) => {
      const found = calibrated(word, { right, wrong })
      expect(found).toBeGreaterThanOrEqual(0)
      expect(found).toBeLessThanOrEqual(1)
      expect(calibrated(word, { right: right + 1, wrong })).toBeGreaterThanOrEqual(found)
      expect(calibrated(word, { right, wrong: wrong + 1 })).toBeLessThanOrEqual(found)
    }),
  )
})

test('a curve of reliability holds a bin for each tenth, and how far it is off', () => {
  const samples = [
    { confidence: 0, isRight: false },
    { confidence: 0.62, isRight: true },
    { confidence: 0.68, isRight: false },
    { confidence: 0.9, isRight: true },
    { confidence: 1, isRight: true },
  ]
  const { bins, expectedCalibrationError } = reliabilityCurve(samples)
  expect(bins.map(({ count }) => count)).toEqual([1, 0, 0, 0, 0, 0, 2, 0, 0, 2])
  expect(bins[1]).toEqual({ count: 0, meanConfidence: null, shareRight: null })
  expect(bins[6]?.meanConfidence).toBeCloseTo(0.65, 10)
  expect(bins[6]?.shareRight).toBe(0.5)
  expect(bins[9]?.meanConfidence).toBeCloseTo(0.95, 10)
  expect(expectedCalibrationError).toBeCloseTo((2 * 0.15 + 2 * 0.05) / 5, 10)
})

test('of nothing there is no error, and of what is right as often as it says none', () => {
  expect(reliabilityCurve([]).expectedCalibrationError).toBeNull()
  const honest = Array.from({ length: 10 }, (_, index) => ({ confidence: 0.75, isRight: index < 8 }))
  expect(reliabilityCurve(honest).expectedCalibrationError).toBeCloseTo(0.05, 10)
})

const confidenceOf = async (inbox: Inbox) => (await inbox.receive({ subject: 'Another' })).confidence

test('an intent that the owner has corrected away from is believed less from then on, and no other', async () => {
  const inbox = await openInbox(app)
  for (const subject of ['One', 'Two']) {
    const { id: emailId } = await inbox.receive({ subject })
    await inbox.api.emails.correctIntent({ emailId, intent: 'follow_up' })
  }
  expect(await confidenceOf(inbox)).toBeCloseTo(8 / 12, 3)
  model.next('classify', (usual) => ({ ...usual, intent: 'other', confidence: 0.8 }))
  expect(await confidenceOf(inbox)).toBeCloseTo(0.8, 3)
})

test('one whose drafts the owner approves is believed more, unless they corrected the mail', async () => {
  const inbox = await openInbox(app)
  const [first, second] = [await inbox.newDraft(), await inbox.newDraft()]
  for (const { id, version } of [first, second]) await inbox.api.drafts.approve({ draftId: id, version })
  expect(await confidenceOf(inbox)).toBeCloseTo(10 / 12, 3)
  await inbox.api.emails.correctIntent({ emailId: first.emailId, intent: 'follow_up' })
  expect(await confidenceOf(inbox)).toBeCloseTo(9 / 12, 3)
})

test('what another version of the agent decided counts for nothing', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  await inbox.api.drafts.approve({ draftId: draft.id, version: 1 })
  const { id: emailId } = await inbox.receive({ subject: 'One' })
  await inbox.api.emails.correctIntent({ emailId, intent: 'follow_up' })
  for (const table of ['trustDecisions', 'intentCorrections'] as const)
    await app.db.updateTable(table).set({ agentVersion: 'another' }).where('userId', '=', inbox.userId).execute()
  expect(await confidenceOf(inbox)).toBeCloseTo(0.8, 3)
})

test('a reply that the model is sure of is held back once the owner has found it wrong too often', async () => {
  model.always('classify', (usual) => ({ ...usual, intent: 'inquiry', needsReply: true, confidence: 0.95 }))
  const inbox = await openAutomatic(app)
  expect(await inbox.receive({ subject: 'Before' })).toMatchObject({ status: 'approved' })
  for (const subject of ['One', 'Two', 'Three']) {
    const { id: emailId } = await inbox.receive({ subject, headers: ['Reply-To: desk@engine.example'] })
    await inbox.api.emails.correctIntent({ emailId, intent: 'follow_up' })
  }
  const { status, reasons } = await inbox.receive({ subject: 'After' })
  expect(status).toBe('needs_review')
  expect(reasons.map(({ code }) => code)).toContain('UNCERTAIN')
})
