import { expect, test } from 'vitest'
import { rawMail } from '../support/google-account.ts'
import { openCodec } from '../support/mime-codec.ts'

const { parse } = openCodec()

async function freshOf(text: string, headers: Record<string, string> = {}): Promise<string> {
  const own = { From: '"Ann Bell" <ann@example.com>', 'Content-Type': 'text/plain; charset=utf-8' }
  const { mail } = await parse(rawMail({ ...own, ...headers }, text))
  return mail.freshText
}

const quoted = '> Will you come?\n> Owner'

test.each([
  ['English', 'On Mon, 2 Mar 2026 at 10:00, Owner <owner@example.com> wrote:'],
  [
    'English, broken in two lines',
    'On Mon, 2 Mar 2026 at 10:00, The Owner of the Whole House\n<owner@example.com> wrote:',
  ],
  ['German', 'Am Mo., 2. März 2026 um 10:00 Uhr schrieb Owner <owner@example.com>:'],
  ['French', 'Le lun. 2 mars 2026 à 10:00, Owner <owner@example.com> a écrit :'],
  ['Russian', 'Thu, 26 Jun 2014 14:00:51 +0400 от Owner <owner@example.com>:'],
  ['Ukrainian, which no library knows', 'пн, 2 бер. 2026 р. о 10:00 Owner <owner@example.com> пише:'],
  ['Norwegian, broken inside the address', 'man. 2. mar. 2026 kl. 10:00 skrev Owner <owner@example.com\n>:'],
])('who is quoted is history too: %s', async (_language, attribution) => {
  expect(await freshOf(`Yes, gladly.\n\n${attribution}\n\n${quoted}`)).toBe('Yes, gladly.')
})

test.each([
  ['English', 'From: Owner [mailto:owner@example.com]\nSent: Monday, March 2, 2026 10:00 AM\nTo: Ann\nSubject: Friday'],
  ['in bold', '*From:* Owner <owner@example.com>\n*Sent:* Monday\n*To:* Ann\n*Subject:* Friday'],
  ['German', 'Von: Owner\nGesendet: Montag, 2. März 2026 10:00\nAn: Ann\nBetreff: Freitag'],
  ['Russian', 'От: Owner\nОтправлено: четверг, 26 июня 2014 г. 15:05\nКому: Ann'],
  ['Japanese', '差出人: Owner\n送信日時: 2026年3月2日 10:00\n宛先: Ann\n件名: 金曜日'],
  [
    'in another order',
    'Date: Mon, 2 Mar 2026 10:00:00 +0100\nSubject: Friday\nFrom: owner@example.com\nTo: ann@example.com',
  ],
])('all below a block of headers is history: %s', async (_language, headers) => {
  expect(await freshOf(`Yes, gladly.\n\n-----Original Message-----\n${headers}\n\nWill you come?\nOwner`)).toBe(
    'Yes, gladly.',
  )
})

test.each([
  ['a timetable', 'Our trip:\nDate: 5 June\nFrom: London\nTo: Paris\nBring a coat.'],
  ['a colon above a list', 'What I need:\n\n- twelve drawings\n- a price'],
  ['a sentence about a date and a mail', 'On Monday I wrote:\n\nplease see ann@example.com'],
  ['a sentence that begins like a signature', 'Here it is.\n\nSent from my desk, it is much easier to write.'],
  ['a closing', 'Thank you,\nAnn'],
])('%s is what the sender wrote', async (_name, text) => {
  expect(await freshOf(text)).toBe(text)
})

const form = 'Visitor: Joan Reed\nPieces: 4\nNote: Could we have four frames before Easter, and what would they cost?'

test.each([
  ['a rule of underscores', `A visitor filled in:\n\n____________\n\n${form}\n\n____________\n\nCan you take it?`],
  ['a short rule', `Details:\n\n_____\n\n${form}`],
  ['a rule, short as a signature', 'Details:\n\n------------\nVisitor: Joan\nPieces: 4\nReach: joan@reed.example'],
  ['three dashes', 'Two things:\n\n---\n\nIs oak in stock?\n\n---\n\nAnd ash?'],
  ['two dashes', 'Oak or ash -- we like both.\n\n--\nCould you send us both lists before the end of May?'],
  ['a closing', 'It has arrived.\n\nKind regards,\nAnn\n\nPS: Is oak in stock?'],
  ['a closing in French', 'Bien reçu.\n\nBien à vous,\nAnn\n\nPS : le chêne est-il disponible ?'],
  ['a signature', 'It has arrived.\n\n-- \nAnn Bell\n\nP.S. Do send the list of frames.'],
  ['who is quoted on a page', 'Dear owner,\n\nOn page 12 you wrote:\n\nOak lasts. Does ash?'],
  ['who is quoted, without a date', 'Dear owner,\n\nOn Tuesday Joan wrote:\n\nIs oak in stock?\n\nI ask the same.'],
  ['who is quoted in French', 'Bonjour,\n\nNotre voisine nous a écrit :\n\nLe chêne est-il disponible ?'],
  ['where it was sent from', 'Sent from Bergen on Friday: one crate\n\nHas it come?'],
  [
    'fields of a programme',
    'The plan says\n\nFrom: Monday\nTo: Friday\nDate: 5 June\nSubject: Frames\n\nIs that right?',
  ],
  [
    'a filled-in form',
    'A message from your page:\n\nFrom: Joan Reed <joan@reed.example>\nDate: 2 March 2026 10:00\nSubject: Frames\n\nIs oak in stock?',
  ],
  ['an amount', 'Boards:\n>5 cm\n> 20 pieces, of which wood?\n\nThank you'],
])('in a first mail, what stands below %s is read', async (_name, text) => {
  expect(await freshOf(text)).toBe(text)
})

test.each(['Am Dienstag schrieb Joan:', 'On page 12 you wrote:'])(
  'in a reply as well, what stands below "%s" is read: it holds neither a time nor an address',
  async (line) => {
    const text = `Gladly.\n\n${line}\n\nOak lasts. Does ash?`
    expect(await freshOf(text, { Subject: 'Re: Frames', 'In-Reply-To': '<1@example.com>' })).toBe(text)
  },
)

test.each([
  [
    'Icelandic',
    'Frá: Owner <owner@example.com>\nSent þann: mánudagur, 2. mars 2026 10:00\nTil: Ann Bell\nEfni: Rammar',
  ],
  [
    'Estonian',
    'Saatja: Owner <owner@example.com>\nSaadetud: esmaspäev, 2. märts 2026 10:00\nAdressaat: Ann\nTeema: Raamid',
  ],
  ['Thai', 'จาก: Owner <owner@example.com>\nส่งเมื่อ: 2 มีนาคม 2026 10:00\nถึง: Ann\nเรื่อง: กรอบ'],
])('below the fields that Outlook writes in %s, which nobody listed, is history', async (_language, fields) => {
  expect(await freshOf(`Yes, gladly.\n\n${fields}\n\nWill you come?`)).toBe('Yes, gladly.')
})

const flowed = { 'Content-Type': 'text/plain; charset=utf-8; format=flowed' }

test('a signature behind a line that flows on is no fresh text', async () => {
  expect(await freshOf('Is oak in \r\nstock? \r\n-- \r\nAnn Bell\r\nBell & Daughters', flowed)).toBe('Is oak in stock?')
})

test('a line that begins with a stuffed angle bracket is what the sender wrote', async () => {
  const fresh = await freshOf('Which boards?\r\n > all of oak, please\r\n> and ash?', flowed)
  expect(fresh).toBe('Which boards?\n > all of oak, please')
})

test('what Outlook marks in HTML is history in any language', async () => {
  const html = `<div>Yes, gladly.</div><hr><div id="divRplyFwdMsg"><b>Saatja:</b> Owner &lt;o@example.com&gt;<br>
    <b>Saadetud:</b> 2. märts 2026 10:00<br><b>Teema:</b> Raamid</div><div>Will you come?</div>`
  const { mail } = await parse(rawMail({ 'Content-Type': 'text/html; charset=utf-8' }, html))
  expect(mail.freshText).toBe('Yes, gladly.')
})

test('answers between quotations stay, the quotations do not', async () => {
  const text = `On Mon, 2 Mar 2026 at 10:00, Owner <owner@example.com> wrote:\n> Will you come?\n\nYes.\n\n> And stay?\n\nNo.`
  expect(await freshOf(text)).toBe('Yes.\n\nNo.')
})

test('the rest of a quoted line that a mail program broke is history', async () => {
  const long = '> and so we would like to ask you for a price of all the drawings that you'
  expect(await freshOf(`Yes.\n\n${long}\nhave made so far\n> Owner`)).toBe('Yes.')
})

test('indented lines stay as they were written', async () => {
  expect(await freshOf(`Like this:\n\n    if (x) {\n        y()\n    }\n\n${quoted}`)).toBe(
    'Like this:\n\n    if (x) {\n        y()\n    }',
  )
})

test.each([
  ['below two dashes', '-- \nAnn Bell\nBell & Daughters'],
  ['of a telephone', 'Sent from my iPhone'],
  ['below a long line', '____________________\nBell & Daughters\nwww.bell.example'],
  ['that names the sender and how to reach her', 'Ann Bell\nBell & Daughters\n+44 20 7946 0958'],
])('a signature %s is no fresh text', async (_name, signature) => {
  expect(await freshOf(`The price is 12 EUR.\n\n${signature}`)).toBe('The price is 12 EUR.')
})

test('contact data of somebody else are what the mail is about', async () => {
  const text = 'Here is whom to ask:\n\nBob Stone\n+44 20 7946 0958'
  expect(await freshOf(text)).toBe(text)
})

test('a mail that is all history is kept whole', async () => {
  expect(await freshOf(quoted)).toContain('Will you come?')
})

test('what Gmail quotes in HTML is history', async () => {
  const html = `<div dir="ltr">Yes, gladly.</div><br><div class="gmail_quote"><div class="gmail_attr">On Mon, Owner wrote:<br></div>
    <blockquote class="gmail_quote"><div>Will you come?</div></blockquote></div>`
  const { mail } = await parse(rawMail({ 'Content-Type': 'text/html; charset=utf-8' }, html))
  expect(mail.freshText).toBe('Yes, gladly.')
  expect(mail.text).toContain('Will you come?')
})
