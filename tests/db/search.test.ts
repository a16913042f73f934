import { beforeAll, expect, test } from 'vitest'
import { listEmails } from '../../server/db/emails/emails.ts'
import type { NewEmail } from '../../server/db/emails/store.ts'
import { newEmailRow, newOwnerRow, openTestDatabase } from '../support/rows.ts'

const { db } = await openTestDatabase()
const owner = await newOwnerRow(db)

const mails: Record<string, Partial<NewEmail>> = {
  engine: { subject: 'The difference engine', text: 'Gears of brass. See you at 14:30 in Zürich.' },
  pub: { subject: 'Dinner', from: { name: "Shaun O'Neil", address: 'shaun.oneil@pub-crawl.example' }, text: 'Cheers!' },
  percent: { subject: '100% off_season "sale"', text: "It's a_b and c%d; DROP TABLE emails; -- \\ x:*" },
  umlaut: {
    subject: 'Grüße aus MÜNCHEN',
    from: { name: 'Jörg Müller', address: 'joerg@münchen.example' },
    text: 'ÄRGER',
  },
  party: { subject: 'Party 🎉', text: 'Come 🎉 and bring नमस्ते हिन्दी.' },
  accent: { subject: 'Cafe\u0301 noir', text: 'Une tasse' },
  long: { subject: 'Long', text: `${'a'.repeat(3_000)} ${'b'.repeat(60)} end` },
}
const names = new Map<string, string>()

beforeAll(async () => {
  for (const [name, mail] of Object.entries(mails)) names.set(await newEmailRow(db, owner, mail), name)
  const stranger = await newOwnerRow(db)
  await newEmailRow(db, stranger, mails['engine'])
})

async function found(search: string): Promise<string[]> {
  const { items } = await listEmails(db, owner.userId, { limit: 100, search })
  return items.map((item) => names.get(item.id) ?? 'of somebody else').sort()
}

test.each([
  ['a word of the subject', 'difference', ['engine']],
  ['a word of the text', 'brass', ['engine']],
  ['a name of the sender', 'Shaun', ['pub']],
  ['words of subject and text together', 'engine gears', ['engine']],
  ['words in any order', 'gears difference', ['engine']],
  ['only mail that holds every word', 'engine dinner', []],
  ['the beginning of the last word', 'differ', ['engine']],
  ['the beginning of the last word after others', 'gears of bra', ['engine']],
  ['no beginnings of earlier words', 'differ engine', []],
  ['whatever the case', 'DIFFERENCE Engine', ['engine']],
  ['an e-mail address', 'shaun.oneil@pub-crawl.example', ['pub']],
  ['part of an address', 'shaun.oneil@', ['pub']],
  ['a domain', 'pub-crawl.example', ['pub']],
  ['the name of a domain alone', 'crawl', ['pub']],
  ['o’neil with an apostrophe', "o'neil", ['pub']],
  ['o’neil with a typographic apostrophe', 'o’neil', ['pub']],
  ['a time', '14:30', ['engine']],
  ['umlauts', 'grüße', ['umlaut']],
  ['umlauts whatever the case', 'münchen müller ärger', ['umlaut']],
  ['umlauts in capitals', 'ZÜRICH', ['engine']],
  ['a name with an umlaut, begun', 'mül', ['umlaut']],
  ['another script with its signs', 'हिन्दी', ['party']],
  ['accents written as a sign of their own', 'Cafe\u0301 noir', ['accent']],
  ['words beside an emoji', 'party 🎉', ['party']],
  ['a percent sign as nothing', '100%', ['percent']],
  ['an underscore as a blank', 'off_season', ['percent']],
  ['quotes as nothing', '"sale"', ['percent']],
  ['wildcards as text', '%', []],
  ['wildcards as text', '_', []],
  ['operators as text', 'engine & !brass | :*', ['engine']],
  ['operators as text', "'gears':*", ['engine']],
  ['an attempt at SQL as text', "'; drop table emails; --", ['percent']],
  ['a backslash as nothing', '\\ brass \\', ['engine']],
  ['a long word', 'b'.repeat(60), ['long']],
  ['a word as long as may be asked', 'a'.repeat(200), []],
  ['only punctuation', '!!!', []],
  ['only an emoji', '🎉', []],
  ['only blanks', '   ', []],
  ['a NUL character', '\u0000', []],
  ['a lone surrogate', '\ud83c', []],
])('searching finds %s: %s', async (_name, search, expected) => {
  expect(await found(search)).toEqual(expected)
})

test('a search goes with other filters', async () => {
  const input = { limit: 10, search: 'difference' }
  expect((await listEmails(db, owner.userId, { ...input, status: ['pending'] })).items).toHaveLength(1)
  expect((await listEmails(db, owner.userId, { ...input, status: ['sent'] })).items).toHaveLength(0)
})
