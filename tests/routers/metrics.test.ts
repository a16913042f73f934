import { afterAll, afterEach, expect, test } from 'vitest'
import type { Draft, Intent } from '../../shared-types/index.ts'
import { createAutomaticApp, openAutomatic } from '../support/automatic.ts'
import { readSpend } from '../support/budget.ts'
import { type Inbox, openInbox } from '../support/connected-inbox.ts'
import { httpClient, refusalOf } from '../support/http-client.ts'
import { createScriptedModel } from '../support/scripted-model.ts'
import { approvalOf, approveNew, loseSend, versionOf } from '../support/sending.ts'

const model = createScriptedModel()
const app = await createAutomaticApp({}, undefined, model)
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => app.google.delaySentVisibility(0))

const hourMs = 3_600_000
const nothingMeasured = { count: 0, p50: null, p90: null, p99: null }

/** Each from somebody else: mails of one person are answered together. */
let people = 0
const mail = () => ({ from: `Person <person${++people}@engine.example>`, subject: `Drawings ${people}` })

/** By the rows themselves: from the draft to its approval. */
async function waitsOf(inbox: Inbox, drafts: readonly Draft[]): Promise<number[]> {
  const sends = await inbox.outbox()
  const waits = drafts.map(({ id, createdAt }) => {
    const send = sends.find(({ draftId, state }) => draftId === id && state !== 'CANCELLED')
    return Date.parse(send?.createdAt ?? '') - Date.parse(createdAt)
  })
  return waits.toSorted((a, b) => a - b)
}

test('the summary tells what came, what was drafted, what the owner made of it and what went out', async () => {
  const inbox = await openAutomatic(app)
  const stranger = await openInbox(app)
  const { drafts, emails, settings, metrics } = inbox.api
  await inbox.receive({ subject: 'The engine', text: 'May I see the engine?' })
  app.clock.advance(31_000)
  await app.drainDelayed()
  await settings.update({ autonomy: 'ask' })

  const unchanged = await inbox.newDraft(mail())
  const edited = await inbox.newDraft(mail())
  const rejected = await inbox.newDraft(mail())
  const useless = await inbox.newDraft(mail())
  const dismissed = await inbox.newDraft(mail())
  const cancelled = await inbox.newDraft(mail())
  await inbox.receive({ ...mail(), headers: ['Auto-Submitted: auto-generated'] })

  app.clock.advance(hourMs)
  await drafts.approve(approvalOf(unchanged))
  await drafts.approve(approvalOf(cancelled))
  await drafts.cancelSend(versionOf(cancelled))
  // “dear ada, gladly. mara” and “dear ada, tomorrow at noon. mara”: of 10 words, 3 stand in both, hence 4 in one alone.
  const later = await drafts.edit({ ...versionOf(edited), body: 'Dear Ada,\n\ntomorrow at noon.\n\nMara' })
  app.clock.advance(2 * hourMs)
  await drafts.approve(approvalOf(later))
  await drafts.reject(versionOf(rejected))
  await drafts.regenerate(versionOf(useless))
  await emails.dismiss({ emailId: dismissed.emailId })
  await app.drain()
  app.clock.advance(31_000)
  await app.drainDelayed()
  expect(await inbox.sent()).toHaveLength(3)

  const [short, long] = await waitsOf(inbox, [unchanged, edited])
  expect(await metrics.summary({})).toMatchObject({
    mails: { received: 8, answered: 3, decidedBy: { owner: 4, agent: 2, nobody: 2 } },
    drafts: {
      made: 8,
      approvedUnchanged: 1,
      approvedEdited: 1,
      approvedAutomatically: 1,
      rejected: 2,
      superseded: 1,
      waiting: 2,
    },
    approvalRate: 2 / 4,
    editDistance: 0.4,
    timeToApprove: { count: 2, p50: short, p90: long, p99: long },
    sends: { sent: 3, unknown: 0, notSent: 0, cancelled: 1, waiting: 0 },
    automaticShare: 1 / 3,
  })
  expect([short, long].map((ms) => Math.floor((ms ?? 0) / hourMs))).toEqual([1, 3])

  const day = (await metrics.timeseries({})).items.filter(({ mails, sent }) => mails + sent > 0)
  const sum = (of: (item: (typeof day)[number]) => number) => day.reduce((total, item) => total + of(item), 0)
  expect([sum((it) => it.mails), sum((it) => it.drafts), sum((it) => it.sent)]).toEqual([8, 8, 3])
  expect(sum((it) => it.sentAutomatically)).toBe(1)

  expect(await stranger.api.metrics.summary({})).toMatchObject({ mails: { received: 0 }, drafts: { made: 0 } })
})

test('a mail that is answered with another counts as answered, by whoever has approved that', async () => {
  const inbox = await openInbox(app)
  const messageId = '<drawings@engine.example>'
  await inbox.receive({ subject: 'Drawings', text: 'How much would two drawings cost?', messageId })
  const both = { subject: 'Re: Drawings', text: 'And what does the frame cost?', inReplyTo: messageId }
  await approveNew(inbox, both)
  await app.drainDelayed()
  expect((await inbox.api.metrics.summary({})).mails).toEqual({
    received: 2,
    answered: 2,
    decidedBy: { owner: 2, agent: 0, nobody: 0 },
  })
})

test('a send nobody knows of is told apart, until the owner says what became of it', async () => {
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox, mail())
  await loseSend(app, inbox, draft)
  const sends = { sent: 0, unknown: 0, notSent: 0, cancelled: 0, waiting: 0 }
  expect(await inbox.api.metrics.summary({})).toMatchObject({
    mails: { answered: 0 },
    drafts: { approvedUnchanged: 1 },
    sends: { ...sends, unknown: 1 },
    automaticShare: null,
  })
  await inbox.api.drafts.resolveSend({ ...versionOf(draft), outcome: 'not_sent' })
  expect(await inbox.api.metrics.summary({})).toMatchObject({
    drafts: { approvedUnchanged: 0, waiting: 1 },
    approvalRate: null,
    sends: { ...sends, notSent: 1 },
  })
})

test('each intent has its figures, and confidence stands beside what became of it', async () => {
  const inbox = await openInbox(app)
  const { drafts, emails, metrics } = inbox.api
  const draftOf = async (intent: Intent, sorted: number, written: number) => {
    model.next('classify', (usual) => ({ ...usual, intent, needsReply: true, confidence: sorted }))
    model.next('generate', (usual) => ({ ...usual, openQuestions: [], confidence: written }))
    return inbox.newDraft(mail())
  }
  const right = await draftOf('inquiry', 0.9, 0.7)
  const wrong = await draftOf('inquiry', 0.95, 0.75)
  const other = await draftOf('inquiry', 1, 0.29)
  const complaint = await draftOf('complaint', 0.05, 0.7)
  await emails.correctIntent({ emailId: wrong.emailId, intent: 'complaint' })
  await drafts.approve(approvalOf(right))
  const edited = await drafts.edit({ ...versionOf(complaint), body: 'Sorry.' })
  await drafts.approve(approvalOf(edited))
  await drafts.reject(versionOf(wrong))

  const { intents, ...buckets } = await metrics.intents({})
  const none = { mails: 0, drafts: 0, approvalRate: null, correctedFrom: 0, correctedTo: 0 }
  expect(intents).toEqual([
    { intent: 'inquiry', mails: 2, drafts: 2, approvalRate: 1, correctedFrom: 1, correctedTo: 0 },
    { intent: 'meeting_request', ...none },
    { intent: 'complaint', mails: 2, drafts: 2, approvalRate: 0.5, correctedFrom: 0, correctedTo: 1 },
    { intent: 'follow_up', ...none },
    { intent: 'spam', ...none },
    { intent: 'other', ...none },
  ])
  expect(buckets.classification.map(({ from, to }) => [from, to]).slice(-2)).toEqual([
    [0.8, 0.9],
    [0.9, 1],
  ])
  expect(buckets.classification.map(({ mails, corrected }) => [mails, corrected])).toEqual([
    [1, 0],
    ...Array.from({ length: 8 }, () => [0, 0]),
    [3, 1],
  ])
  const decided = buckets.drafts.filter((it) => it.approvedUnchanged + it.approvedEdited + it.rejected > 0)
  expect(decided).toEqual([{ from: 0.7, to: 0.8, approvedUnchanged: 1, approvedEdited: 1, rejected: 1 }])
  expect(other.status).toBe('pending')
})

test('usage tells tokens and cost by model and kind of question, and what is left of the day', async () => {
  const inbox = await openInbox(app, { dailyModelBudget: 1, dailyTokenBudget: 100_000 })
  await inbox.newDraft(mail())
  await inbox.newDraft(mail())
  const usage = await inbox.api.metrics.usage({})
  const each = { model: 'scripted', calls: 2, inputTokens: 200, outputTokens: 20, cost: 0.002 }
  expect(usage.questions).toEqual(['classify', 'decide', 'generate'].map((task) => ({ task, ...each })))
  expect(usage.total).toEqual({ calls: 6, inputTokens: 600, outputTokens: 60, cost: 0.006 })
  // Vectors are charged and are no questions.
  const [spent] = await readSpend(app.db, inbox.userId)
  const { tokens = 0 } = spent ?? {}
  expect(tokens).toBeGreaterThan(660)
  expect(usage.charged).toEqual({ tokens, cost: 0.006 })
  expect(usage.today).toEqual({
    day: app.clock.now().toISOString().slice(0, 10),
    cost: { limit: 1, spent: 0.006, reserved: 0, left: 0.994 },
    tokens: { limit: 100_000, spent: tokens, reserved: 0, left: 100_000 - tokens },
  })
  await inbox.api.settings.update({ dailyTokenBudget: 600 })
  expect((await inbox.api.metrics.usage({})).today.tokens.left).toBe(0)
})

test('an owner of whom nothing is known gets zeros, and null where there is nothing to compute from', async () => {
  const { metrics } = app.as(await app.newOwner())
  expect(await metrics.summary({})).toMatchObject({
    mails: { received: 0, answered: 0, decidedBy: { owner: 0, agent: 0, nobody: 0 } },
    drafts: { made: 0, approvedUnchanged: 0, approvedEdited: 0, approvedAutomatically: 0, rejected: 0, superseded: 0 },
    approvalRate: null,
    editDistance: null,
    timeToApprove: nothingMeasured,
    sends: { sent: 0, unknown: 0, notSent: 0, cancelled: 0, waiting: 0 },
    automaticShare: null,
  })
  const { intents, classification, drafts } = await metrics.intents({})
  expect([intents.length, classification.length, drafts.length]).toEqual([6, 10, 10])
  expect(intents[0]).toMatchObject({ mails: 0, drafts: 0, approvalRate: null })
  const { run, steps } = await metrics.latency({})
  expect([run, steps.length, steps[0]]).toEqual([nothingMeasured, 8, { name: 'classify', ...nothingMeasured }])
  expect((await metrics.tools({})).tools).toEqual([])
  const usage = await metrics.usage({})
  expect([usage.questions, usage.total.cost, usage.charged]).toEqual([[], 0, { tokens: 0, cost: 0 }])
  expect(usage.today.cost).toEqual({ limit: 5, spent: 0, reserved: 0, left: 5 })
})

test('a range that is none, lies ahead or is too long is refused in words', async () => {
  const { metrics } = await httpClient(app, await app.newOwner())
  const at = (days: number) => new Date(app.clock.now().getTime() + days * 24 * hourMs).toISOString()
  const refused = async (range: { from?: string; to?: string }) => {
    const answers = await Promise.all([
      refusalOf(metrics.summary.query(range)),
      refusalOf(metrics.intents.query(range)),
      refusalOf(metrics.latency.query(range)),
      refusalOf(metrics.tools.query(range)),
      refusalOf(metrics.usage.query(range)),
      refusalOf(metrics.timeseries.query(range)),
    ])
    expect(new Set(answers.map(({ reason }) => reason))).toEqual(new Set(['VALIDATION_FAILED']))
    return [...new Set(answers.map(({ message }) => message))].join('\n')
  }
  expect(await refused({ from: at(-1), to: at(-2) })).toBe('to must be after from.')
  expect(await refused({ from: at(1), to: at(2) })).toBe('from lies in the future.')
  expect(await refused({ from: at(-401) })).toBe('to may be 400 days after from at most.')
  expect(await refused({ to: '0001-01-02T00:00:00.000Z' })).toBe('There was no mail before 1970.')
  expect((await metrics.timeseries.query({ from: at(-399), to: at(1) })).items).toHaveLength(401)
  const { from, to } = await metrics.summary.query({})
  expect(Date.parse(to) - Date.parse(from)).toBe(30 * 24 * hourMs)
})
