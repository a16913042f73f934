import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { createOfflineModel } from '../../server/adapters/offline-model/model.ts'
import { saveVectors } from '../../server/db/emails/embeddings.ts'
import { findOwnReplies, findRelatedThreads } from '../../server/db/emails/related.ts'
import { countWrittenTo, findThreadHistory } from '../../server/db/emails/retrieval.ts'
import type { NewEmail } from '../../server/db/emails/store.ts'
import { newEmailRow, newMailboxRow, newOwnerRow, openTestDatabase } from '../support/rows.ts'

const { db } = await openTestDatabase()
const { embedder } = createOfflineModel()
const { modelId } = embedder
const ada = 'ada@engine.example'
const bob = { name: 'Bob', address: 'bob@studio.example' }
const future = '2100-01-01T00:00:00.000Z'
type Owner = Awaited<ReturnType<typeof newOwnerRow>>

async function vectorOf(text: string): Promise<number[]> {
  const [values] = await embedder.embed([text], 'document', new AbortController().signal)
  return values ?? []
}

async function store(owner: Owner, email: Partial<NewEmail>): Promise<string> {
  const id = await newEmailRow(db, owner, email)
  await saveVectors(db, owner.userId, modelId, [{ emailId: id, values: await vectorOf(email.text ?? '') }])
  return id
}

type Wanted = Partial<Parameters<typeof findRelatedThreads>[2]> & { about?: string }

async function relatedThreads(owner: Owner, { about = 'brass gears', ...rest }: Wanted = {}) {
  const found = await findRelatedThreads(db, owner.userId, {
    emailId: crypto.randomUUID(),
    threadId: 'present',
    readers: [ada],
    vector: { modelId, values: await vectorOf(about) },
    words: about.split(' '),
    limit: 6,
    ...rest,
  })
  return found.map(({ mails, earlierCount }) => ({ ids: mails.map(({ id }) => id), earlierCount }))
}

async function related(owner: Owner, wanted: Wanted = {}) {
  return (await relatedThreads(owner, wanted)).flatMap(({ ids }) => ids)
}

test('P8: only mail that names the correspondent as sender or open recipient comes in', async () => {
  const owner = await newOwnerRow(db)
  const text = 'brass gears'
  const person = { name: 'Ada', address: ada }
  const seen = [
    await store(owner, { text, subject: 'from' }),
    await store(owner, { text, subject: 'to', direction: 'out' }),
    await store(owner, { text, subject: 'cc', direction: 'out', to: [bob], cc: [person] }),
  ]
  await store(owner, { text, subject: 'bcc', direction: 'out', to: [bob], bcc: [person] })
  await store(owner, { text, subject: 'of others', from: bob })
  await store(owner, { text, subject: 'namesake', from: { name: ada, address: 'ada@engine.example.evil.example' } })
  await store(owner, { text, subject: 'answers elsewhere', from: bob, replyTo: [person] })
  const stranger = await newOwnerRow(db)
  await store(stranger, { text, subject: 'of another owner' })
  expect((await related(owner)).toSorted()).toEqual(seen.toSorted())
  expect((await related(owner, { vector: null })).toSorted()).toEqual(seen.toSorted())
  expect((await related(owner, { words: [] })).toSorted()).toEqual(seen.toSorted())
})

test('with several readers of a reply only what all of them could read comes in', async () => {
  const owner = await newOwnerRow(db)
  await store(owner, { text: 'brass gears', direction: 'out' })
  const both = await store(owner, { text: 'brass gears', direction: 'out', cc: [bob] })
  expect(await related(owner, { readers: [ada, bob.address, ada] })).toEqual([both])
})

test('the filter stands before the limit: a crowd of better matches of others pushes nothing out', async () => {
  const owner = await newOwnerRow(db)
  const own = await store(owner, { text: 'gears, perhaps' })
  for (let index = 0; index < 40; index++) await store(owner, { from: bob, text: 'brass gears brass gears' })
  expect(await related(owner, { limit: 1 })).toEqual([own])
})

test('meaning and words each find what the other misses, and what both find comes first', async () => {
  const owner = await newOwnerRow(db)
  const byWords = await newEmailRow(db, owner, { text: 'brass' })
  const byMeaning = await store(owner, { text: 'gear of brasses' })
  const byBoth = await store(owner, { text: 'brass gears' })
  expect(await related(owner)).toEqual([byBoth, ...(await related(owner)).slice(1)])
  expect((await related(owner)).toSorted()).toEqual([byWords, byMeaning, byBoth].toSorted())
  expect((await related(owner, { vector: null })).toSorted()).toEqual([byWords, byBoth].toSorted())
  expect(await related(owner, { words: [] })).toEqual([byBoth, byMeaning])
  expect(await related(owner, { words: [], vector: null })).toEqual([])
})

test('the mail itself, its thread, and vectors of another model stay out', async () => {
  const owner = await newOwnerRow(db)
  const itself = await store(owner, { text: 'brass gears' })
  await store(owner, { text: 'brass gears', threadId: 'present' })
  const other = await newEmailRow(db, owner, { text: 'something else' })
  const values = await vectorOf('brass gears')
  await saveVectors(db, owner.userId, 'another-model', [{ emailId: other, values }])
  expect(await related(owner, { emailId: itself })).toEqual([])
})

const minute = (count: number) => new Date(Date.UTC(2026, 2, 29, 0, count))

test('a thread comes whole, oldest first, with the owner’s own replies and without what is readable by others alone', async () => {
  const owner = await newOwnerRow(db)
  const threadId = 'gears'
  const answer = await newEmailRow(db, owner, { threadId, text: 'Yes.', direction: 'out', receivedAt: minute(1) })
  const hit = await store(owner, { threadId, text: 'brass gears?', receivedAt: minute(0) })
  const thanks = await newEmailRow(db, owner, { threadId, text: 'Thanks', receivedAt: minute(3) })
  await store(owner, { threadId, text: 'brass gears, dear Bob', direction: 'out', to: [bob], receivedAt: minute(2) })
  await newEmailRow(db, await newOwnerRow(db), { threadId, receivedAt: minute(2) })
  const second = await newMailboxRow(db, owner.userId)
  await newEmailRow(
    db,
    { ...owner, mailboxId: second },
    { threadId, text: 'of another mailbox', receivedAt: minute(2) },
  )
  const whole = [{ ids: [hit, answer, thanks], earlierCount: 0 }]
  expect(await relatedThreads(owner)).toEqual(whole)
  expect(await relatedThreads(owner, { vector: null })).toEqual(whole)
  expect(await relatedThreads(owner, { words: [] })).toEqual(whole)
})

test('what only a side mail says finds no thread', async () => {
  const owner = await newOwnerRow(db)
  await newEmailRow(db, owner, { threadId: 'side', text: 'Hello' })
  await store(owner, { threadId: 'side', text: 'brass gears', direction: 'out', to: [bob] })
  expect(await relatedThreads(owner)).toEqual([])
})

test('a thread of several good mails comes before one of a single mail that is as good, and the best few come', async () => {
  const owner = await newOwnerRow(db)
  const receivedAt = minute(0)
  const mail = (threadId: string) => store(owner, { threadId, text: 'brass gears', receivedAt })
  const single = await mail('single')
  const several = [await mail('several'), await mail('several'), await mail('several')]
  const [first, second] = await relatedThreads(owner)
  expect(first?.ids.toSorted()).toEqual(several.toSorted())
  expect(second?.ids).toEqual([single])
  expect(await relatedThreads(owner, { limit: 1 })).toEqual([first])
})

test('no number of mails that are found in one way outdoes one that is found in both', async () => {
  const owner = await newOwnerRow(db)
  const receivedAt = minute(0)
  const both = await store(owner, { text: 'brass gears', receivedAt })
  for (let count = 0; count < 15; count++) await store(owner, { threadId: 'long', text: 'gear of brasses', receivedAt })
  expect((await relatedThreads(owner))[0]?.ids).toEqual([both])
})

test('of equals the newer comes first, and being new alone finds nothing', async () => {
  const owner = await newOwnerRow(db)
  const ids: string[] = []
  for (const age of [1, 3, 2]) ids[age] = await store(owner, { text: 'brass gears', receivedAt: minute(age) })
  await newEmailRow(db, owner, { text: 'Hello', receivedAt: minute(9) })
  expect(await related(owner)).toEqual([ids[3], ids[2], ids[1]])
})

test('of a long thread the newest messages come, and how many came before them is counted', async () => {
  const owner = await newOwnerRow(db)
  const ids: string[] = []
  for (let count = 0; count < 23; count++) {
    ids.push(await newEmailRow(db, owner, { threadId: 'long', text: 'brass', receivedAt: minute(count) }))
    await newEmailRow(db, owner, { threadId: 'long', direction: 'out', to: [bob], receivedAt: minute(count) })
  }
  expect(await relatedThreads(owner)).toEqual([{ ids: ids.slice(3), earlierCount: 3 }])
})

test('examples are the owner’s own replies to others, none of a conversation that the person has a part in', async () => {
  const owner = await newOwnerRow(db)
  const reply = { text: 'brass gears', inReplyTo: '<a@b>', direction: 'out', to: [bob] } as const
  const person = { name: 'Ada', address: ada }
  const wanted = await store(owner, reply)
  const lesser = await store(owner, { ...reply, text: 'gear of brasses' })
  await store(owner, { ...reply, to: [person] })
  await store(owner, { ...reply, cc: [person] })
  await store(owner, { ...reply, bcc: [person] })
  await store(owner, { ...reply, threadId: 'hers' })
  await store(owner, { text: 'Hello', threadId: 'hers' })
  await store(owner, { ...reply, inReplyTo: null })
  await store(owner, { ...reply, direction: 'in', from: bob })
  await store(owner, { ...reply, headers: { 'x-reasonflow-outbox': crypto.randomUUID() } })
  await store(await newOwnerRow(db), reply)
  const values = await vectorOf('brass gears')
  const like = { vector: { modelId, values }, words: ['brass', 'gears'], person: ada, limit: 3 }
  const found = async (changed: Partial<typeof like> = {}) =>
    (await findOwnReplies(db, owner.userId, { ...like, ...changed })).map(({ id }) => id)
  expect(await found()).toEqual([wanted, lesser])
  expect(await found({ limit: 1 })).toEqual([wanted])
  expect(await found({ words: [] })).toEqual([wanted, lesser])
  expect(await found({ person: bob.address })).not.toContain(wanted)
})

test('words that look like operators are words', async () => {
  const owner = await newOwnerRow(db)
  const id = await newEmailRow(db, owner, { text: 'straße naïve' })
  expect(await related(owner, { vector: null, words: ['straße', 'unfound'] })).toEqual([id])
})

test('search by meaning is exact: the same as comparing with every mail', async () => {
  const owner = await newOwnerRow(db)
  const texts = Array.from({ length: 120 }, (_, index) => `gear ${index % 17} wheel ${index % 23} axle ${index}`)
  const byId = new Map<string, number[]>()
  // All of one age, which would count as well.
  const receivedAt = new Date()
  for (const text of texts) byId.set(await store(owner, { text, receivedAt }), await vectorOf(text))
  const query = await vectorOf('wheel 11 axle 34 gear 0')
  const product = (values: readonly number[]) =>
    values.reduce((sum, value, index) => sum + value * (query[index] ?? 0), 0)
  const nearest = [...byId].sort(([, a], [, b]) => product(b) - product(a)).slice(0, 5)
  const found = await related(owner, { words: [], vector: { modelId, values: query }, limit: 5 })
  const scores = found.map((id) => product(byId.get(id) ?? []))
  for (const [index, [, values]] of nearest.entries()) expect(scores[index]).toBeCloseTo(product(values), 2)
})

test('no vector index exists that could answer with other people’s neighbours', async () => {
  const { rows } = await sql<{ method: string }>`
    select amname as method from pg_index join pg_class on pg_class.oid = indexrelid join pg_am on pg_am.oid = relam
    where indrelid = 'embeddings'::regclass`.execute(db)
  expect(rows).toEqual([{ method: 'btree' }])
})

test('the history of a thread is what the correspondent could read of it, oldest first, up to this mail', async () => {
  const owner = await newOwnerRow(db)
  const at = (minute: number) => new Date(Date.UTC(2026, 2, 29, 0, minute))
  const threadId = 'thread'
  const ids: string[] = []
  for (let minute = 0; minute < 5; minute++)
    ids.push(await newEmailRow(db, owner, { threadId, receivedAt: at(minute), direction: minute % 2 ? 'out' : 'in' }))
  await newEmailRow(db, owner, { threadId, receivedAt: at(1), direction: 'out', to: [bob], text: 'a side mail' })
  await newEmailRow(db, owner, { threadId: 'another', receivedAt: at(1) })
  await newEmailRow(db, await newOwnerRow(db), { threadId, receivedAt: at(1) })
  const wanted = { emailId: ids[3]!, threadId, readers: [ada], before: at(3).toISOString() }
  const history = await findThreadHistory(db, owner.userId, wanted)
  expect(history.mails.map(({ id }) => id)).toEqual(ids.slice(0, 3))
  expect(history.earlierCount).toBe(0)
})

test('of a long history the newest come, and how many readable ones came before them is counted', async () => {
  const owner = await newOwnerRow(db)
  const ids: string[] = []
  for (let count = 0; count < 23; count++) {
    ids.push(await newEmailRow(db, owner, { threadId: 'long', receivedAt: minute(count) }))
    await newEmailRow(db, owner, { threadId: 'long', direction: 'out', to: [bob], receivedAt: minute(count) })
  }
  const wanted = { emailId: ids[22]!, threadId: 'long', readers: [ada], before: minute(22).toISOString() }
  const { mails, earlierCount } = await findThreadHistory(db, owner.userId, wanted)
  expect([mails.map(({ id }) => id), earlierCount]).toEqual([ids.slice(2, 22), 2])
  expect(await findThreadHistory(db, owner.userId, { ...wanted, threadId: 'none' })).toEqual({
    mails: [],
    earlierCount: 0,
  })
})

test('earlier mail of the owner to a person is counted by mail, not by mention', async () => {
  const owner = await newOwnerRow(db)
  const person = { name: 'Ada', address: ada }
  await newEmailRow(db, owner, { direction: 'out', to: [person], cc: [person] })
  await newEmailRow(db, owner, { direction: 'in' })
  await newEmailRow(db, owner, { direction: 'out', to: [bob], bcc: [person] })
  expect(await countWrittenTo(db, owner.userId, { address: ada, before: future })).toBe(1)
  expect(await countWrittenTo(db, owner.userId, { address: ada, before: '2000-01-01T00:00:00.000Z' })).toBe(0)
  const stranger = await newOwnerRow(db)
  expect(await countWrittenTo(db, stranger.userId, { address: ada, before: future })).toBe(0)
})
