import { randomUUID } from 'node:crypto'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { noteContacted, noteCorrespondent } from '../../server/db/emails/contacts.ts'
import type { UpsertContactInput } from '../../shared-types/index.ts'
import { createTestApp } from '../support/app.ts'
import { httpClient, refusalOf } from '../support/http-client.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
beforeEach(() => app.db.deleteFrom('rateLimits').execute())

const now = '2026-03-01T00:00:00.000Z'

/** An owner with a contact for each of these, by its first letter. */
async function withContacts(...contacts: UpsertContactInput[]) {
  const owner = await app.newOwner()
  const client = await httpClient(app, owner)
  const ids: string[] = []
  for (const contact of contacts) ids.push((await client.contacts.upsert.mutate(contact)).id)
  const merge = (intoId = '', ...fromIds: (string | undefined)[]) =>
    client.contacts.merge.mutate({ intoId, fromIds: fromIds.map((id) => id ?? '') })
  return { ...owner, client, ids, merge }
}

const [a, b, c] = ['a@engine.example', 'b@engine.example', 'c@engine.example'] as const

test('the one that stays gets what it lacks, all notes, all addresses and the last contact', async () => {
  const { userId, client, ids, merge } = await withContacts(
    { address: a, notes: 'One' },
    { address: b, name: 'Ada', notes: 'Two' },
    { address: c, name: 'Countess', company: 'Engines', notes: 'One' },
  )
  await noteContacted(app.db, userId, a, '2026-01-01T00:00:00.000Z')
  await noteContacted(app.db, userId, c, '2026-02-01T00:00:00.000Z')
  const merged = await merge(...ids)
  expect(merged).toMatchObject({
    id: ids[0],
    address: a,
    otherAddresses: [b, c],
    name: 'Ada',
    company: 'Engines',
    notes: 'One\n\nTwo',
    lastContactedAt: '2026-02-01T00:00:00.000Z',
    version: 2,
    sources: { name: 'owner', company: 'owner', notes: 'owner' },
  })
  expect(await client.contacts.list.query({})).toMatchObject({ items: [{ id: ids[0] }] })
  expect(await refusalOf(client.contacts.get.query({ contactId: ids[1]! }))).toMatchObject({ reason: 'NOT_FOUND' })
})

test('each address of a merged contact is theirs: for the agent, for new mail, for what is sent and for the search', async () => {
  const { userId, client, ids, merge } = await withContacts({ address: a }, { address: b }, { address: c })
  await merge(ids[1], ids[2])
  await merge(ids[0], ids[1])
  for (const address of [a, b, c]) expect(await app.ctx.crm.find(userId, address)).toMatchObject({ id: ids[0] })
  await noteCorrespondent(app.db, userId, { address: c, name: 'Ada', company: null, now })
  await noteContacted(app.db, userId, c, now)
  const { items } = await client.contacts.list.query({ search: 'c@engine' })
  expect(items).toMatchObject([{ id: ids[0], otherAddresses: [b, c], lastContactedAt: now }])
  expect(await client.contacts.upsert.mutate({ address: c, name: 'Ada' })).toMatchObject({ id: ids[0], address: a })
})

test('what an older release makes of a further address does not count', async () => {
  const { userId, ids, merge } = await withContacts({ address: a }, { address: b })
  await merge(...ids)
  const row = { userId, id: randomUUID(), address: b, name: 'Stub', createdAt: now, updatedAt: now }
  await app.db.insertInto('contacts').values(row).execute()
  expect(await app.ctx.crm.find(userId, b)).toMatchObject({ id: ids[0] })
})

test('a contact is not merged with itself, with one twice, with nobody or with what is unknown', async () => {
  const { client, ids, merge } = await withContacts({ address: a, notes: 'One' }, { address: b })
  const invalid = { reason: 'VALIDATION_FAILED', fieldErrors: { fromIds: [expect.any(String)] } }
  expect(await refusalOf(merge(ids[0], ids[0]))).toMatchObject(invalid)
  expect(await refusalOf(merge(ids[0], ids[1], ids[1]))).toMatchObject(invalid)
  expect(await refusalOf(merge(ids[0]))).toMatchObject(invalid)
  expect(await refusalOf(merge(ids[0], ids[1], randomUUID()))).toMatchObject({ reason: 'NOT_FOUND' })
  expect(await refusalOf(merge(randomUUID(), ids[1]))).toMatchObject({ reason: 'NOT_FOUND' })
  expect((await client.contacts.list.query({})).items).toHaveLength(2)
})

test('what does not fit into one contact stays as it is', async () => {
  const long = (letter: string) => letter.repeat(6_000)
  const { client, ids, merge } = await withContacts({ address: a, notes: long('a') }, { address: b, notes: long('b') })
  const refusal = await refusalOf(merge(...ids))
  expect(refusal).toMatchObject({ reason: 'VALIDATION_FAILED', message: expect.stringContaining('10000') as string })
  expect(await client.contacts.get.query({ contactId: ids[1]! })).toMatchObject({ notes: long('b'), version: 1 })
})

test('two merges of the same contacts at once end with one contact', async () => {
  const { client, ids, merge } = await withContacts({ address: a }, { address: b })
  const outcomes = await Promise.allSettled([merge(ids[0], ids[1]), merge(ids[1], ids[0])])
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect((await client.contacts.list.query({})).items).toMatchObject([{ otherAddresses: [expect.any(String)] }])
})
