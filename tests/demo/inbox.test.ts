import { DateTime } from 'luxon'
import { simpleParser } from 'mailparser'
import MailComposer from 'nodemailer/lib/mail-composer/index.js'
import { describe, expect, test } from 'vitest'

import { compose } from '../../demo/inbox/compose.ts'
import { offsiteDays } from '../../demo/inbox/meetings.ts'
import { seedCalendar, seedInbox, type SeedMail } from '../../demo/inbox/seed.ts'
import { buildWorld } from '../../demo/inbox/world.ts'

const owner = { name: 'Mara Lindqvist', email: 'mara.k3x9@example.com' }
const moments = [
  '2026-02-10T00:02:00+01:00',
  '2026-03-16T08:00:00+01:00',
  '2026-03-27T18:00:00+01:00',
  '2026-03-29T12:00:00+02:00',
  '2026-07-01T09:30:00+02:00',
  '2026-10-25T02:30:00+01:00',
  '2026-11-23T23:59:00+01:00',
].map((instant) => new Date(instant))
const now = new Date('2026-07-01T09:30:00+02:00')

test('an inbox of 40 messages and more, in 26 threads and more, by their References', async () => {
  const mails = await parseAll(seedInbox(owner, now))
  const roots = new Set(mails.map(({ parsed }) => [parsed.references].flat()[0] ?? parsed.messageId))
  expect(mails.length).toBeGreaterThanOrEqual(40)
  expect(roots.size).toBeGreaterThanOrEqual(26)
  expect(new Set(mails.map(({ mail }) => threadOf(mail))).size).toBe(roots.size)
})

test('every intent occurs, more than ten mails want an answer, and the last word of some threads is the owner’s', () => {
  const mails = seedInbox(owner, now)
  const incoming = mails.filter(({ direction }) => direction === 'in')
  expect([...new Set(incoming.map(({ expected }) => expected.intent))].sort()).toEqual([
    'complaint',
    'follow_up',
    'inquiry',
    'meeting_request',
    'other',
    'spam',
  ])
  expect(incoming.filter(({ expected }) => expected.needsReply).length).toBeGreaterThan(10)
  const lasts = [...Map.groupBy(mails, threadOf).values()].map((thread) => thread.at(-1)?.direction)
  expect(lasts.filter((direction) => direction === 'out').length).toBeGreaterThanOrEqual(3)
})

test('only the last mail of a thread can want an answer, and never one the owner wrote', () => {
  for (const thread of Map.groupBy(seedInbox(owner, now), threadOf).values()) {
    expect(thread.slice(0, -1).filter(({ expected }) => expected.needsReply)).toEqual([])
    expect(thread.filter((mail) => mail.direction === 'out' && mail.expected.needsReply)).toEqual([])
  }
})

describe.each(moments)('at %s', (now) => {
  test('every raw mail parses to the sender, subject and date that were meant', async () => {
    const mails = await parseAll(seedInbox(owner, now))
    const subjects = new Map(
      mails
        .filter(({ mail }) => mail.key.endsWith('/1'))
        .map(({ mail, parsed }) => [threadOf(mail), parsed.subject ?? '']),
    )
    for (const { mail, parsed } of mails) {
      const isOut = mail.direction === 'out'
      const sender = parsed.from?.value[0]
      expect({
        key: mail.key,
        fromOwner: sender?.address === owner.email,
        reservedDomain: /[@.](example(\.com|\.org)?|test)$/.test(sender?.address ?? ''),
        named: Boolean(sender?.name),
        subject: parsed.subject ?? '',
        date: parsed.date,
        sentLabel: mail.labels.includes('SENT'),
      }).toEqual({
        key: mail.key,
        fromOwner: isOut,
        reservedDomain: true,
        named: true,
        subject: expect.stringMatching(
          mail.key.endsWith('/1') ? /^(?!Re:|AW:)/ : /^(Re|AW|Automatic reply): (?!Re:|AW:)|^Delivery Status/,
        ),
        date: mail.receivedAt,
        sentLabel: isOut,
      })
      const isDaemon = sender?.address?.startsWith('mailer-daemon') ?? false
      const topic = (parsed.subject ?? '').replace(/^(Re|AW|Automatic reply): /, '')
      expect(isDaemon ? subjects.get(threadOf(mail)) : topic).toBe(subjects.get(threadOf(mail)))
    }
  })

  test('every raw mail has CRLF line ends, short lines, clean text, and the trace of a delivery if it was delivered', async () => {
    for (const { mail, parsed } of await parseAll(seedInbox(owner, now))) {
      const text = mail.raw.toString('latin1')
      expect({
        key: mail.key,
        strayLineEnds: /[\r\n]/.test(text.replaceAll('\r\n', '')),
        longLines: text.split('\r\n').filter((line) => line.length > 998),
        broken: ((parsed.text ?? '') + String(parsed.html)).match(/\uFFFD|undefined|null|Invalid/),
        delivered:
          /^Delivered-To: .+\r\nReceived: [^]+\r\nAuthentication-Results: mx\.google\.com;[^]+\r\nReturn-Path: </.test(
            text,
          ),
      }).toEqual({
        key: mail.key,
        strayLineEnds: false,
        longLines: [],
        broken: null,
        delivered: mail.direction === 'in',
      })
    }
  })

  test('Message-IDs are unique, and an answer follows what it answers', async () => {
    const mails = await parseAll(seedInbox(owner, now))
    const byId = new Map(mails.map(({ mail, parsed }) => [parsed.messageId, mail]))
    expect(byId.size).toBe(mails.length)
    for (const { mail, parsed } of mails.filter(({ mail }) => !mail.key.endsWith('/1'))) {
      const target = byId.get(parsed.inReplyTo)
      expect(target && threadOf(target)).toBe(threadOf(mail))
      expect(target?.receivedAt.getTime()).toBeLessThan(mail.receivedAt.getTime())
    }
  })

  test('everything lies in the last three weeks, oldest first', () => {
    const times = seedInbox(owner, now).map(({ receivedAt }) => receivedAt.getTime())
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(times.at(-1)).toBeLessThanOrEqual(now.getTime())
    expect(times[0]).toBeGreaterThan(now.getTime() - 21.1 * 86_400_000)
  })

  test('the Marés mail offers days on either side of the next clock change', async () => {
    const { before, after } = offsiteDays(buildWorld(owner, now))
    const zone = 'Europe/Berlin'
    const [first, second] = [before, after].map((day) => DateTime.fromISO(`${day.toISODate()}T15:00`, { zone }))
    expect(first!.offset).not.toBe(second!.offset)
    expect(first!.toMillis()).toBeGreaterThan(now.getTime())
    const { text } = await parse(seedInbox(owner, now), 'mares-offsite/1')
    expect(text).toContain(`${first!.toFormat('cccc d LLLL yyyy')}, 15:00 to 17:00`)
    expect(text).toContain(`${second!.toFormat('cccc d LLLL yyyy')}, 15:00 to 17:00`)
  })

  test('the calendar holds working hours of the days to come, without overlaps', () => {
    const events = seedCalendar(now)
    expect(events.length).toBeGreaterThanOrEqual(8)
    const instants = [now, ...events.flatMap(({ start, end }) => [start, end])].map((instant) => instant.getTime())
    expect(instants).toEqual([...instants].sort((a, b) => a - b))
    const weekdays = events.map(({ start }) => DateTime.fromJSDate(start, { zone: 'Europe/Berlin' }).weekday)
    expect(Math.max(...weekdays)).toBeLessThanOrEqual(5)
  })
})

test('equal inputs give equal bytes, and another owner other Message-IDs', async () => {
  expect(seedInbox(owner, now)).toEqual(seedInbox(owner, now))
  const others = await parseAll(seedInbox({ ...owner, email: 'mara.other@example.com' }, now))
  const own = new Set((await parseAll(seedInbox(owner, now))).map(({ parsed }) => parsed.messageId))
  expect(others.filter(({ parsed }) => own.has(parsed.messageId))).toEqual([])
})

test('compose writes at once what MailComposer would write later', async () => {
  const mail = {
    from: 'a@example.com',
    subject: 'Grüße',
    date: now,
    messageId: '<1@example.com>',
    text: 'Eine lange Zeile über Müsli. '.repeat(9).trim(),
    html: '<p>kurz</p>',
    baseBoundary: 'b',
    icalEvent: { method: 'REQUEST', content: 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n' },
    attachments: [{ filename: 'ä.bin', content: Buffer.from([0, 1, 2, 255]) }],
  }
  const later = await new MailComposer(mail).compile().build()
  expect(compose(mail, { trace: [], rootType: undefined, boundary: 'b' }).toString()).toBe(later.toString())
})

test('four languages, as a person writes them', async () => {
  const inbox = seedInbox(owner, now)
  expect((await parse(inbox, 'garnier-devis/3')).text).toContain('Pouvez-vous me rappeler le montant de l’acompte')
  expect((await parse(inbox, 'lechuza-etiquetas/2')).text).toContain('¿Hay alguna novedad')
  expect((await parse(inbox, 'hartmann-quote/4')).text).toContain('Gilt der Tagessatz')
  expect((await parse(inbox, 'kiln-date/1')).text).toContain('On which day')
})

test('quoted histories in several manners', async () => {
  const inbox = seedInbox(owner, now)
  expect((await parse(inbox, 'borealis-icons/3')).text).toMatch(/^On .+, Mara Lindqvist <.+> wrote:\n> Hi Tomasz/m)
  expect((await parse(inbox, 'brandt-danke/2')).text).toMatch(/^Am .+ um 16:48 Uhr schrieb Mara Lindqvist/m)
  expect((await parse(inbox, 'voss-invoice/2')).text).toMatch(/^Am .+ um 17:20 schrieb Mara Lindqvist:/m)
  expect((await parse(inbox, 'hartmann-quote/4')).text).toMatch(/^_{32}\nVon: .+\nGesendet: .+\nAn: .+\nBetreff: /m)
  expect((await parse(inbox, 'garnier-devis/3')).text).toMatch(/^Le .+ a écrit :$/m)
  expect((await parse(inbox, 'lechuza-etiquetas/2')).text).toMatch(/^El .+ escribió:$/m)
})

test('HTML only, attachments, an invitation, odd subjects', async () => {
  const inbox = seedInbox(owner, now)
  const lindau = await parse(inbox, 'lindau-acceptance/1', { skipHtmlToText: true })
  expect([lindau.text, lindau.html]).toEqual(['', expect.stringContaining('Störungsseite')])
  const types = (await parseAll(inbox)).flatMap(({ parsed }) =>
    parsed.attachments.map(({ contentType }) => contentType),
  )
  expect(new Set(types)).toEqual(
    new Set(['application/pdf', 'text/csv', 'image/png', 'text/calendar', 'application/ics', 'text/rfc822-headers']),
  )
  expect(raw(inbox, 'lumen-review/1')).toMatch(/Content-Type: text\/calendar; charset=utf-8; method=REQUEST/)
  expect((await parse(inbox, 'heating-meter/1')).subject ?? '').toBe('')
  expect((await parse(inbox, 'emre-prototype/1')).subject).toMatch(/^🎉 Prototyp läuft .* 🥣$/)
  expect((await parse(inbox, 'guest-lecture/1')).subject?.length).toBeGreaterThan(200)
})

test('machines and threats show themselves in their headers', async () => {
  const inbox = seedInbox(owner, now)
  const bounce = await parse(inbox, 'hallberg-intro/2')
  expect(raw(inbox, 'hallberg-intro/2')).toMatch(/Content-Type: multipart\/report; report-type=delivery-status;/)
  expect(bounce.headers.get('return-path')).toMatchObject({ value: [{ address: '' }] })
  expect((await parse(inbox, 'fjord-handover/2')).headers.get('auto-submitted')).toBe('auto-replied')
  expect((await parse(inbox, 'newsletter-pixel/1')).headers.get('precedence')).toBe('bulk')
  expect((await parse(inbox, 'newsletter-pixel/1')).headers.get('list')).toHaveProperty('id')
  const phishing = await parse(inbox, 'phishing/1')
  expect(phishing.headers.get('authentication-results')).toContain('dmarc=fail')
  expect(phishing.replyTo?.value[0]?.address).toBe('mail.security.desk@freemail.test')
  expect((await parse(inbox, 'forum-talk/1')).replyTo?.value[0]?.address).toBe('juno.adeyemi@formwerk-forum.example')
  expect((await parse(inbox, 'kiln-cc/1')).cc).toMatchObject({ value: [{ address: owner.email }] })
})

function threadOf({ key }: SeedMail) {
  return key.slice(0, key.indexOf('/'))
}

function find(inbox: readonly SeedMail[], key: string) {
  const mail = inbox.find((candidate) => candidate.key === key)
  if (mail === undefined) throw new Error(`No seeded mail ${key}`)
  return mail
}

function raw(inbox: readonly SeedMail[], key: string) {
  return find(inbox, key).raw.toString('latin1')
}

function parse(inbox: readonly SeedMail[], key: string, options = {}) {
  return simpleParser(find(inbox, key).raw, options)
}

function parseAll(inbox: readonly SeedMail[]) {
  return Promise.all(
    inbox.map(async (mail) => ({ mail, parsed: await simpleParser(mail.raw, { skipHtmlToText: true }) })),
  )
}
