import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { listEmails } from '../../server/db/emails/emails.ts'
import { findRelatedThreads } from '../../server/db/emails/related.ts'
import { newEmailRow, newOwnerRow, openTestDatabase } from '../support/rows.ts'

const { db } = await openTestDatabase()
const owner = await newOwnerRow(db)
const names = new Map<string, string>()

const texts: Record<string, string> = {
  chinese: '关于明天会议的安排,请确认。',
  japanese: '来週の打ち合わせの見積書を送ります。東京都庁 サーバー 3月20日',
  korean: '회의를 위한 자료를 보내 드립니다',
  thai: 'พรุ่งนี้ประชุมเรื่องราคา น้ำ',
  lao: 'ມື້ອື່ນມີກອງປະຊຸມເລື່ອງລາຄາ',
  khmer: 'ថ្ងៃស្អែកមានប្រជុំអំពីតម្លៃ',
  burmese: 'မနက်ဖြန်အစည်းအဝေးရှိသည်',
  hindi: 'कल की बैठक का समय हिन्दी',
  composed: 'Le caf\u00e9 d\u00e9j\u00e0 pay\u00e9',
  decomposed: 'The cafe\u0301 on the corner',
  german: 'Größe, Straße, Jörg MÜLLER',
  scandinavian: 'Søren Ångström på Ærø, Łódź, İstanbul, ISPARTA',
  cyrillic: 'Ёлка и ещё чай',
  greek: 'ΟΔΟΣ Αθήνα',
  arabic: 'مُحَمَّد',
  wide: 'Ａｄａ ＦＵＬＬ ﾊﾝｶｸ ﾊﾟｰﾃｨｰ ﬁnance',
  signs: 'Brass™ m² in\u00advoice',
  mixed: '我们的iPhone15发布会 𠮷野家',
  long: `${'开会'.repeat(12_000)}終業式次第`,
}

beforeAll(async () => {
  for (const [name, text] of Object.entries(texts)) {
    names.set(await newEmailRow(db, owner, { text, subject: '', from: { name: '', address: 'x@y.example' } }), name)
  }
})

async function found(search: string): Promise<string[]> {
  const { items } = await listEmails(db, owner.userId, { limit: 100, search })
  return items.map((item) => names.get(item.id) ?? '').sort()
}

test.each([
  ['a Chinese word inside a sentence', '会议', ['chinese']],
  ['another', '安排', ['chinese']],
  ['a whole Chinese clause', '明天会议的安排', ['chinese']],
  ['no word of which only the pairs occur, apart', '会议的确认', []],
  ['one character, wherever it stands', '议', ['chinese']],
  ['the last character', '认', ['chinese']],
  ['two words, each anywhere', '请确认 会议', ['chinese']],
  ['one character before another word', '请 会议', ['chinese']],
  ['a Japanese word in three scripts', '打ち合わせ', ['japanese']],
  ['kanji inside more kanji', '見積書', ['japanese']],
  ['katakana with its long mark', 'サーバー', ['japanese']],
  ['a date', '3月20日', ['japanese']],
  ['a Korean word before its particle', '회의 자료', ['korean']],
  ['a Korean word decomposed', '회의'.normalize('NFD'), ['korean']],
  ['a Thai word', 'ราคา', ['thai']],
  ['a Thai word inside', 'ประชุม', ['thai']],
  ['no Thai word with another tone', 'พรุงนี', []],
  ['a Thai word with sara am taken apart', 'น\u0e49\u0e4d\u0e32', ['thai']],
  ['a Lao word', 'ປະຊຸມ', ['lao']],
  ['a Khmer word', 'ប្រជុំ', ['khmer']],
  ['a Burmese word', 'အစည်းအဝေး', ['burmese']],
  ['a Hindi word with its signs', 'हिन्दी', ['hindi']],
  ['an accent, whichever way it is written', 'cafe\u0301', ['composed', 'decomposed']],
  ['an accent composed', 'caf\u00e9', ['composed', 'decomposed']],
  ['an accent left out', 'cafe', ['composed', 'decomposed']],
  ['an accent left out before other words', 'deja paye', ['composed']],
  ['Müller without dots', 'Muller', ['german']],
  ['ß as ss', 'strasse', ['german']],
  ['ß in capitals', 'GRÖSSE', ['german']],
  ['letters that are no accents', 'soren angstrom aero lodz', ['scandinavian']],
  ['a Turkish capital', 'istanbul', ['scandinavian']],
  ['a Turkish capital as Turkish writes it', 'ısparta', ['scandinavian']],
  ['ё as е', 'елка еще', ['cyrillic']],
  ['Greek without tonos, whichever sigma', 'οδοσ ΑΘΗΝΑ', ['greek']],
  ['Arabic without its vowels', 'محمد', ['arabic']],
  ['full width', 'Ada full', ['wide']],
  ['a search in full width', 'ＦＩＮＡＮＣＥ', ['wide']],
  ['half-width katakana', 'ハンカク パーティー', ['wide']],
  ['a word with a trade mark', 'brass invoice', ['signs']],
  ['Latin letters inside Chinese', 'iphone15', ['mixed']],
  ['the beginning of Latin letters inside Chinese', 'iph', ['mixed']],
  ['no beginning of earlier ones', 'iph 我们', []],
  ['a character beyond the first plane', '𠮷野家', ['mixed']],
  ['such a character alone', '𠮷', ['mixed']],
  ['a word behind more places than are counted', '終業式', ['long']],
  ['operators beside Chinese', "会议 & !安排 | :* '", ['chinese']],
  ['wildcards beside Chinese', '会%', ['chinese', 'long', 'mixed']],
])('searching finds %s: %s', async (_name, search, expected) => {
  expect(await found(search)).toEqual(expected)
})

test('no mail is too odd to be stored and found', async () => {
  const distinct = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) =>
      String.fromCodePoint(from + ((index * index * 7 + index * 7_919) % 20_011)),
    ).join('')
  const odd = [
    distinct(0x4e00, 100_000),
    Array.from({ length: 50_000 }, (_, n) => n.toString(36)).join(' '),
    'ﷺ'.repeat(50_000),
    'ก\u0e49'.repeat(50_000),
    '𠮷'.repeat(50_000) + '\ud842',
    `a${'\u0301'.repeat(99_000)}`,
    `'"\\ ${'\\'.repeat(500)} ''':A`,
  ]
  for (const text of odd) {
    const id = await newEmailRow(db, owner, { text, subject: `odd ${text.slice(0, 900)}` })
    names.set(id, 'odd')
  }
  expect(await found('odd')).toHaveLength(odd.length)
  await expect(found('ﷺ'.repeat(200))).resolves.toBeDefined()
})

test('mail from before the words were folded is found by them as they stand', async () => {
  const other = await newOwnerRow(db)
  const id = await newEmailRow(db, other, { subject: 'Café für Müller' })
  await sql`update emails set search = to_tsvector('simple', subject) where id = ${id}`.execute(db)
  await db.insertInto('searchRefills').values({ userId: other.userId }).execute()
  const ids = async (search: string) =>
    (await listEmails(db, other.userId, { limit: 5, search })).items.map((item) => item.id)
  for (const search of ['café', 'MÜLLER', 'für mül']) expect(await ids(search)).toEqual([id])
})

test('earlier mail with the same person is found by its words in any script', async () => {
  const other = await newOwnerRow(db)
  const address = 'ada@engine.example'
  const from = { name: 'Ada', address }
  const id = await newEmailRow(db, other, { from, text: '关于明天会议的安排' })
  await newEmailRow(db, other, { from, text: '谢谢' })
  const emailId = await newEmailRow(db, other, { from, threadId: 'now' })
  const related = await findRelatedThreads(db, other.userId, {
    emailId,
    threadId: 'now',
    readers: [address],
    vector: null,
    words: ['会议什么时候开始'],
    limit: 5,
  })
  expect(related.flatMap(({ mails }) => mails.map((mail) => mail.id))).toEqual([id])
})
