import { DateTime } from 'luxon'
import { afterAll, expect, test } from 'vitest'
import { deadlineOf } from '../../server/agent/deadlines.ts'
import { finishedSteps } from '../../server/db/runs/steps.ts'
import { createTestApp } from '../support/app.ts'
import { findMail, findTrace, newInbox } from '../support/inbox.ts'
import { createScriptedModel } from '../support/scripted-model.ts'

/** Friday 20 March 2026, ten o'clock in Berlin; clocks go forward on the 29th. */
const receivedAt = '2026-03-20T09:00:00.000Z'
const model = createScriptedModel()
const app = await createTestApp({ ports: model.ports })
afterAll(() => app[Symbol.asyncDispose]())

function read(words: string | null, { language = 'en', text = words ?? '', zone = 'Europe/Berlin' } = {}) {
  return deadlineOf(words, { subject: '', text, language, receivedAt }, zone)
}

test.each<[string, string, string]>([
  ['en', 'by Wednesday', '2026-03-25'],
  ['en', 'by tomorrow', '2026-03-21'],
  ['en', 'within three days', '2026-03-23'],
  ['en', 'before 2 April', '2026-04-02'],
  ['en', 'by March 31 at 5pm', '2026-03-31T15:00:00.000Z'],
  ['en', 'by Tuesday at 4', '2026-03-24'],
  ['de', 'bis Mittwoch', '2026-03-25'],
  ['de', 'bis zum 27. März um 12 Uhr', '2026-03-27T11:00:00.000Z'],
  ['fr', 'avant le 12 avril', '2026-04-12'],
  ['fr', 'avant mardi', '2026-03-24'],
  ['es', 'antes del jueves', '2026-03-26'],
  ['es', 'antes del 12 de abril', '2026-04-12'],
])('%s: %s', (language, words, due) => {
  expect(read(words, { language })).toBe(due)
})

test.each<[string, string]>([
  ['no words', 'en'],
  ['soon', 'en'],
  ['by Friday', 'en'],
  ['by next week', 'en'],
  ['by 03/04', 'en'],
  ['by 12 March 2026', 'en'],
  ['by Tuesday or Wednesday', 'en'],
  ['by Wednesday', 'de'],
  ['until środa', 'pl'],
])('%s (%s) is left open', (words, language) => {
  expect(read(words, { language })).toBeNull()
})

test('a day is a day of the owner, where the mail came in late', () => {
  expect(read('by tomorrow', { zone: 'Pacific/Auckland' })).toBe('2026-03-21')
  expect(
    deadlineOf(
      'by tomorrow',
      { subject: '', text: 'By tomorrow?', language: 'en', receivedAt: '2026-03-20T13:00:00.000Z' },
      'Pacific/Auckland',
    ),
  ).toBe('2026-03-22')
})

test('a date of the model’s own, which the mail does not name, is not believed', () => {
  expect(read('2026-03-25', { text: 'Could you send it by Wednesday?' })).toBeNull()
  expect(read('by Thursday', { text: 'Could you send it by Wednesday?' })).toBeNull()
  expect(read('', { text: 'Could you send it by Wednesday?' })).toBeNull()
  expect(read('BY  Wednesday', { text: 'Could you send it by\nWednesday?' })).toBe('2026-03-25')
})

test('a run keeps each ask with its deadline, and its trace shows the dates', async () => {
  const text = 'Could you send me the contract by tomorrow?\r\n\r\nHow much would two drawings cost?\r\n\r\nAda'
  const owner = await newInbox(app, { subject: 'Contract', text })
  await app.as(owner).settings.update({ timeZone: 'Pacific/Auckland' })
  let kept: unknown
  model.next('generate', async (usual) => {
    const { id } = await findMail(app, owner, 'Contract')
    const trace = await findTrace(app, owner, id)
    kept = (await finishedSteps(app.ctx.db, owner.userId, trace.id))[0]?.addition
    return usual
  })
  await app.drain()
  const { id, receivedAt: cameAt } = await findMail(app, owner, 'Contract')
  const due = DateTime.fromISO(cameAt, { zone: 'Pacific/Auckland' }).plus({ days: 1 }).toISODate()
  expect(kept).toMatchObject({
    asks: [
      { text: 'Could you send me the contract by tomorrow?', due },
      { text: 'How much would two drawings cost?', due: null },
    ],
  })
  const { steps } = await findTrace(app, owner, id)
  expect(steps[0]?.output).toMatchObject({ asks: 2, due: [due] })
})
