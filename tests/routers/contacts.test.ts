import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import type { UpsertContactInput } from '../../shared-types/index.ts'
import { createTestApp } from '../support/app.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { httpClient, refusalOf } from '../support/http-client.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
beforeEach(() => app.db.deleteFrom('rateLimits').execute())

type Client = Awaited<ReturnType<typeof newClient>>

async function newClient() {
  return httpClient(app, await app.newOwner())
}

async function namesFound(client: Client, search: string): Promise<string[]> {
  return (await client.contacts.list.query({ search })).items.map(({ name }) => name)
}

test('a contact is made by its address, in the spelling of mail, and changed by any spelling of it', async () => {
  const client = await newClient()
  const made = await client.contacts.upsert.mutate({ address: ' Ada@Bücher.example ', name: ' Ada \n Byron ' })
  expect(made).toMatchObject({ address: 'ada@xn--bcher-kva.example', name: 'Ada Byron', version: 1, company: null })
  expect(made.sources).toEqual({ name: 'owner', company: null, notes: null })
  const changed = await client.contacts.upsert.mutate({ address: 'ADA@xn--bcher-kva.example', notes: 'Likes tea' })
  expect(changed).toMatchObject({ id: made.id, name: 'Ada Byron', notes: 'Likes tea', version: 2 })
  expect(await client.contacts.get.query({ contactId: made.id })).toEqual(changed)
  const { notes: _notes, ...item } = changed
  expect(await client.contacts.list.query({})).toEqual({ items: [item], nextCursor: null })
  expect(await client.contacts.upsert.mutate({ address: made.address })).toEqual(changed)
})

test('by its id a contact is changed only as it was read', async () => {
  const client = await newClient()
  const { id: contactId } = await client.contacts.upsert.mutate({ address: 'ada@engine.example', company: 'Engines' })
  const update = (version: number, company: string | null) =>
    client.contacts.upsert.mutate({ contactId, version, company })
  expect(await update(1, null)).toMatchObject({ company: null, sources: { company: 'owner' }, version: 2 })
  expect(await refusalOf(update(1, 'Looms'))).toMatchObject({ status: 409, reason: 'CONTACT_CHANGED' })
  expect(await update(2, 'Looms')).toMatchObject({ company: 'Looms', version: 3 })
})

test.each<[string, UpsertContactInput, string]>([
  ['nobody', { name: 'Ada' }, 'address'],
  ['an id without the version that was read', { contactId: randomUUID() }, 'address'],
  ['two', { address: 'a@b.example', contactId: randomUUID(), version: 1 }, 'address'],
  ['a name of 201 characters', { address: 'a@b.example', name: 'x'.repeat(201) }, 'name'],
  ['half a character', { address: 'a@b.example', notes: '\ud800' }, 'notes'],
])('who names %s changes nothing', async (_, input, field) => {
  const client = await newClient()
  const refusal = await refusalOf(client.contacts.upsert.mutate(input))
  expect(refusal).toMatchObject({ reason: 'VALIDATION_FAILED', fieldErrors: { [field]: [expect.any(String)] } })
})

test.each(['ada', '@engine.example', 'ada@', 'a b@engine.example', 'ada@engine.example, b@c.example', '<a@b.example>'])(
  '%s is no address',
  async (address) => {
    const client = await newClient()
    expect(await refusalOf(client.contacts.upsert.mutate({ address }))).toMatchObject({ reason: 'VALIDATION_FAILED' })
    expect((await client.contacts.list.query({})).items).toEqual([])
  },
)

test('two who make one contact at the same moment make one', async () => {
  const client = await newClient()
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  await Promise.all(names.map((name) => client.contacts.upsert.mutate({ address: 'ada@engine.example', name })))
  expect((await client.contacts.list.query({})).items).toMatchObject([{ version: names.length }])
})

test('every contact is on one page, in the order of names without accents, or of the last contact', async () => {
  const client = await newClient()
  const names = ['Zoë', 'émile', 'Eva', 'Ada', '陳大文', '', 'Ada']
  for (const [index, name] of names.entries()) {
    const { id } = await client.contacts.upsert.mutate({ address: `b${index}@engine.example`, name })
    const lastContactedAt = index % 2 ? null : `2026-01-0${index + 1}T00:00:00.000Z`
    await app.db.updateTable('contacts').set({ lastContactedAt }).where('id', '=', id).execute()
  }
  const walk = async (orderBy: 'name' | 'lastContact') => {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await client.contacts.list.query({ orderBy, limit: 2, cursor })
      seen.push(...page.items.map(({ name }) => name))
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    return seen
  }
  expect(await walk('name')).toEqual(['Ada', 'Ada', '', 'émile', 'Eva', 'Zoë', '陳大文'])
  const byContact = await walk('lastContact')
  expect(byContact.slice(0, 4)).toEqual(['Ada', '陳大文', 'Eva', 'Zoë'])
  expect(byContact.toSorted()).toEqual(names.toSorted())
  const [cursor] = [(await client.contacts.list.query({ limit: 1 })).nextCursor]
  const other = client.contacts.list.query({ orderBy: 'lastContact', cursor: cursor ?? '' })
  expect(await refusalOf(other)).toMatchObject({ reason: 'VALIDATION_FAILED' })
})

test('what is looked for is text and no pattern, whatever the case and the accents', async () => {
  const client = await newClient()
  const people: [string, string, string | null, string | null][] = [
    ["Sinéad O'Neil", 'sinead@engine.example', '100% Wool', null],
    ['Zoë Müller', 'zoe_m@engine.example', 'Straße "7"', 'met in Zürich'],
    ['陳大文', 'chan@engine.example', null, String.raw`C:\temp`],
  ]
  for (const [name, address, company, notes] of people) {
    await client.contacts.upsert.mutate({ address, name, company, notes })
  }
  for (const [search, ...found] of [
    ["o'neil", "Sinéad O'Neil"],
    ['SINEAD', "Sinéad O'Neil"],
    ['%', "Sinéad O'Neil"],
    ['100% wool sinead', "Sinéad O'Neil"],
    ['_', 'Zoë Müller'],
    ['zürich', 'Zoë Müller'],
    ['zurich muller', 'Zoë Müller'],
    ['mu\u0308ller', 'Zoë Müller'],
    ['"7"', 'Zoë Müller'],
    ['大文', '陳大文'],
    ['\\temp', '陳大文'],
    ['engine.example chan', '陳大文'],
    ["'; drop table contacts; --"],
    ['z%'],
    [' '],
  ] as [string, ...string[]][]) {
    const expected = search === ' ' ? people.map(([name]) => name) : found
    expect([search, (await namesFound(client, search)).toSorted()]).toEqual([search, expected.toSorted()])
  }
})

test('another owner’s contact answers exactly like one that does not exist', async () => {
  const [client, other] = [await newClient(), await newClient()]
  const { id: contactId } = await client.contacts.upsert.mutate({ address: 'ada@engine.example' })
  const { id: own } = await other.contacts.upsert.mutate({ address: 'ada@engine.example' })
  for (const call of [
    () => other.contacts.get.query({ contactId }),
    () => other.contacts.emails.query({ contactId }),
    () => other.contacts.upsert.mutate({ contactId, version: 1, name: 'Mine' }),
    () => other.contacts.delete.mutate({ contactId }),
    () => other.contacts.merge.mutate({ intoId: own, fromIds: [contactId] }),
    () => other.contacts.merge.mutate({ intoId: contactId, fromIds: [own] }),
  ]) {
    expect(await refusalOf(call())).toMatchObject({ reason: 'NOT_FOUND', message: 'There is no such contact.' })
  }
  expect(await client.contacts.get.query({ contactId })).toMatchObject({ name: '', version: 1 })
  expect(await other.contacts.get.query({ contactId: own })).toMatchObject({ name: '', version: 1, otherAddresses: [] })
})

test('a contact that is deleted is gone with all its addresses, and the log tells so', async () => {
  const owner = await app.newOwner()
  const client = await httpClient(app, owner)
  const [one, other] = await Promise.all(
    ['a@b.example', 'c@b.example'].map((address) => client.contacts.upsert.mutate({ address })),
  )
  await client.contacts.merge.mutate({ intoId: one!.id, fromIds: [other!.id] })
  expect(await client.contacts.delete.mutate({ contactId: one!.id })).toEqual({ ok: true })
  expect(await refusalOf(client.contacts.delete.mutate({ contactId: one!.id }))).toMatchObject({ reason: 'NOT_FOUND' })
  expect((await client.contacts.upsert.mutate({ address: 'c@b.example' })).otherAddresses).toEqual([])
  const { items } = await client.audit.list.query({})
  expect(items.map(({ action, detail }) => [action, detail]).slice(0, 2)).toEqual([
    ['CONTACT_DELETED', { contactId: one!.id }],
    ['CONTACTS_MERGED', { contactId: one!.id, merged: '1' }],
  ])
})

test('the mail of a contact is what they wrote and what was written to them, at each of their addresses', async () => {
  const inbox = await openInbox(app)
  const { api } = inbox
  const from = await inbox.receive({ subject: 'From her' })
  const to = await inbox.receive({ direction: 'out', subject: 'To her' })
  const elsewhere = await inbox.receive({ subject: 'From her home', from: 'Ada <ada@home.example>' })
  const copied = await inbox.receive({ direction: 'out', subject: 'A copy', to: 'b@c.example', cc: 'ada@home.example' })
  await inbox.receive({ subject: 'Others among themselves', from: 'Bob <b@c.example>', cc: 'ada@engine.example' })
  const find = async (search: string) => (await api.contacts.list({ search })).items[0]?.id ?? ''
  const [ada, home] = [await find('ada@engine.example'), await find('ada@home.example')]
  const idsOf = async (contactId: string) => (await api.contacts.emails({ contactId })).items.map(({ id }) => id)
  expect(new Set(await idsOf(ada))).toEqual(new Set([from.id, to.id]))
  await api.contacts.merge({ intoId: ada, fromIds: [home] })
  const all = await idsOf(ada)
  expect(new Set(all)).toEqual(new Set([from.id, to.id, elsewhere.id, copied.id]))
  const first = await api.contacts.emails({ contactId: ada, limit: 3 })
  const second = await api.contacts.emails({ contactId: ada, limit: 3, cursor: first.nextCursor ?? '' })
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(all)
  expect(first.items).toContainEqual(expect.objectContaining({ id: all[0] }))
  expect(second.nextCursor).toBeNull()
})

test('mail adds what nobody has written, and changes nothing that the owner has', async () => {
  const inbox = await openInbox(app)
  const { api, userId } = inbox
  const ada = async () => {
    const { items } = await api.contacts.list({ search: 'ada@engine.example' })
    return api.contacts.get({ contactId: items[0]?.id ?? '' })
  }
  const receive = (name: string, organization: string, headers: string[] = []) =>
    inbox.receive({
      from: `${name} <ada@engine.example>`,
      headers: [...headers, `Organization: ${organization}`],
      text: 'Hello.',
    })
  const forged = 'Authentication-Results: mx.google.com; dmarc=fail header.from=engine.example'
  await receive('', 'Forgers', [forged])
  expect(await ada()).toMatchObject({ name: '', company: null, version: 1, sources: { name: 'mail', company: null } })
  await receive('Ada', '=?utf-8?q?Caf=C3=A9_Engines?=')
  expect(await ada()).toMatchObject({
    name: 'Ada',
    company: 'Café Engines',
    sources: { name: 'mail', company: 'mail' },
  })
  expect(await app.ctx.crm.find(userId, 'ada@engine.example')).toMatchObject({ name: 'Ada', company: null })

  const before = await ada()
  await receive('Countess of Lovelace', 'Looms')
  expect(await ada()).toEqual(before)
  const { id: contactId, version } = before
  const emptied = await api.contacts.upsert({ contactId, version, name: '', company: null })
  await receive('Ada', 'Engines')
  expect(await ada()).toEqual(emptied)
  await api.contacts.upsert({ address: 'ada@engine.example', company: 'Engines' })
  expect(await app.ctx.crm.find(userId, 'ada@engine.example')).toMatchObject({ company: 'Engines' })
})

test('an older release makes a contact as it knows them, which is listed, found and filled in', async () => {
  const owner = await app.newOwner()
  const client = await httpClient(app, owner)
  const id = randomUUID()
  await sql`insert into contacts (user_id, id, address, name, created_at, updated_at)
    values (${owner.userId}, ${id}, 'ada@engine.example', 'Ada Byron', now(), now())`.execute(app.db)
  expect(await client.contacts.list.query({ search: 'byron' })).toMatchObject({
    items: [{ id, version: 1, sources: { name: 'mail', company: null, notes: null } }],
  })
})
