import { DateTime } from 'luxon'
import { afterAll, beforeEach, expect, test } from 'vitest'
import type { ModelFacts } from '../../server/model-question.ts'
import { createTestApp } from '../support/app.ts'
import { type Inbox, openInbox } from '../support/connected-inbox.ts'
import { rawMail } from '../support/mail.ts'
import { createScriptedModel } from '../support/scripted-model.ts'

const model = createScriptedModel()
const app = await createTestApp({ ports: model.ports })
afterAll(() => app[Symbol.asyncDispose]())
beforeEach(() => model.reset())

type GenerateFacts = Extract<ModelFacts, { task: 'generate' }>

/** Ten o'clock of a working day in some days. */
const wanted = workingDay(app.clock.now())
const label = new RegExp(`${wanted.toFormat('cccc, LLLL d')}, 10:00–11:00 \\(UTC, UTC\\+0\\)`)

function workingDay(now: Date): DateTime {
  const day = DateTime.fromJSDate(now, { zone: 'utc' }).startOf('day').plus({ days: 3, hours: 10 })
  return day.weekday > 5 ? day.plus({ days: 2 }) : day
}

function asks(name = 'Ada', at = wanted) {
  const text = `Hello Mara,\r\n\r\ncould we meet on ${at.toFormat('LLLL d')} at ${at.toFormat('HH:mm')} to talk it over?\r\n\r\nBest`
  return { from: `${name} <${name.toLowerCase()}@engine.example>`, subject: `Meet ${name}?`, text }
}

function block(inbox: Inbox, start: DateTime, hours: number) {
  const event = { summary: 'Secret dentist', start: start.toJSDate(), end: start.plus({ hours }).toJSDate() }
  return app.google.addEvent(inbox.owner.email, event)
}

function toldFacts(): GenerateFacts {
  return model.asked('generate').at(-1)?.facts as GenerateFacts
}

test('a time that the mail proposes, free and in working hours, is accepted and held', async () => {
  const inbox = await openInbox(app)
  const { body, openQuestions } = await inbox.newDraft(asks())
  expect(toldFacts()).toMatchObject({ proposal: 'free', slots: [expect.stringMatching(label)] })
  expect(body).toMatch(label)
  expect(body).toContain('This time works for me:')
  expect(openQuestions).toEqual([])

  const second = await inbox.newDraft(asks('Grace'))
  expect(toldFacts().proposal).toBe('taken')
  expect(second.body).toContain('That time does not suit me.')
  expect(second.body).not.toMatch(label)
})

test('who writes from elsewhere is told the times on their own clock as well', async () => {
  const inbox = await openInbox(app)
  const at = app.clock.now()
  const sent = DateTime.fromJSDate(at, { zone: 'UTC-8' }).toRFC2822() ?? ''
  const mail = { ...asks(), text: 'Hello Mara,\r\n\r\nwhen are you free to meet next week?\r\n\r\nBest' }
  const raw = rawMail(inbox.owner.email, mail).replace(/^Date: .*$/m, `Date: ${sent}`)
  await app.google.deliver(inbox.owner.email, raw, { labels: ['INBOX'], receivedAt: at })
  await inbox.sync()
  const { slots } = toldFacts()
  expect(slots).toHaveLength(3)
  for (const slot of slots)
    expect(slot).toMatch(/ \d\d:\d\d–\d\d:\d\d \(UTC, UTC\+0\) = (\S+, \S+ \d+, )?\d\d:\d\d–\d\d:\d\d \(UTC-8\)$/)
  const [draft] = (await inbox.api.drafts.list({ status: 'pending' })).items
  expect(draft?.body).toContain(`- ${slots[0]}`)
})

test('a time that is taken is declined for others, and nobody is told why', async () => {
  const inbox = await openInbox(app)
  await block(inbox, wanted.plus({ minutes: 30 }), 1)
  const { body, openQuestions } = await inbox.newDraft(asks())
  const { proposal, slots } = toldFacts()
  expect(proposal).toBe('taken')
  expect(slots).toHaveLength(3)
  expect(body).toContain(`That time does not suit me. Alternatively, these times would work for me:\n- ${slots[0]}`)
  expect(`${body} ${JSON.stringify(toldFacts())}`).not.toMatch(/dentist/)
  expect(openQuestions).toEqual([])
})

test('a time outside working hours is for the owner to say, as is one that can be read in two ways', async () => {
  const inbox = await openInbox(app)
  for (const mail of [
    asks('Ada', wanted.plus({ hours: 11 })),
    { ...asks('Grace'), text: 'Could we meet next Friday at 10:00?' },
  ]) {
    const { body, openQuestions } = await inbox.newDraft(mail)
    expect(toldFacts()).not.toHaveProperty('proposal')
    expect(body).toContain('An answer to the time you suggest will follow')
    expect(openQuestions).toMatchObject([{ question: expect.stringContaining('They propose') }])
  }
})

test('a time in what the mail quotes is none that it proposes', async () => {
  const inbox = await openInbox(app)
  const quoted = `On Monday Mara wrote:\r\n> could we meet on ${wanted.toFormat('LLLL d')} at 10:00?`
  await inbox.newDraft({
    ...asks(),
    text: `Hello Mara,\r\n\r\nwhen could we meet? When are you free?\r\n\r\n${quoted}`,
  })
  expect(toldFacts()).not.toHaveProperty('proposal')
  expect(toldFacts().slots).toHaveLength(3)
})

test.each([
  ['free', 0, 'This time works for me:'],
  ['taken', 1, 'That time does not suit me.'],
] as const)('an invitation to an hour that is %s is answered by mail alone', async (answer, hours, said) => {
  const inbox = await openInbox(app)
  if (hours > 0) await block(inbox, wanted, hours)
  await app.google.deliver(inbox.owner.email, invitation(inbox.owner.email), {
    labels: ['INBOX'],
    receivedAt: app.clock.now(),
  })
  await inbox.sync()
  const { items } = await inbox.api.drafts.list({ status: 'pending' })
  expect(toldFacts().proposal).toBe(answer)
  expect(items[0]?.body).toContain(said)
  expect(items[0]?.reasons.map(({ code }) => code)).toContain('HAS_INVITATION')
  expect(inbox.requests('POST', /calendar.*events/)).toEqual([])
})

function invitation(owner: string): string {
  const stamp = (at: DateTime) => at.toFormat("yyyyLLdd'T'HHmmss'Z'")
  const calendar = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'METHOD:REQUEST',
    'BEGIN:VEVENT',
    'UID:1@engine.example',
    'SUMMARY:Talk',
    `DTSTART:${stamp(wanted)}`,
    `DTEND:${stamp(wanted.plus({ hours: 1 }))}`,
    'END:VEVENT',
    'END:VCALENDAR',
  ]
  const text = 'Hello Mara,\r\n\r\nI would like to meet you. Does the time of this invitation suit you?\r\n\r\nAda'
  const parts = ['--x', 'Content-Type: text/plain; charset=utf-8', '', text, '--x']
  const body = [...parts, 'Content-Type: text/calendar; method=REQUEST; charset=utf-8', '', ...calendar, '--x--', '']
  return rawMail(owner, { subject: 'Invitation to meet', text: body.join('\r\n') }).replace(
    'Content-Type: text/plain; charset=utf-8',
    'Content-Type: multipart/alternative; boundary=x',
  )
}
