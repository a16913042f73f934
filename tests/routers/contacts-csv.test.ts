import { afterAll, beforeEach, expect, test } from 'vitest'
import { createTestApp } from '../support/app.ts'
import { httpClient, refusalOf } from '../support/http-client.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
beforeEach(() => app.db.deleteFrom('rateLimits').execute())

type Client = Awaited<ReturnType<typeof newClient>>

async function newClient() {
  return httpClient(app, await app.newOwner())
}

const importInto = (client: Client, csv: string) => client.contacts.import.mutate({ csv })

async function allOf(client: Client) {
  const { items } = await client.contacts.list.query({ limit: 100 })
  return Promise.all(items.map(({ id }) => client.contacts.get.query({ contactId: id })))
}

/** What the owner sees, without what is of this very account. */
async function whatIsKnown(client: Client) {
  const all = await allOf(client)
  return all.map(({ name, address, otherAddresses, company, notes, lastContactedAt }) => {
    return { name, address, otherAddresses, company, notes, lastContactedAt }
  })
}

const google = [
  'Name,Given Name,Family Name,Notes,E-mail 1 - Type,E-mail 1 - Value,E-mail 2 - Value,Organization 1 - Name,Phone 1 - Value',
  'Ada Byron,Ada,Byron,"Likes ""engines""\nand tea",* Home,Ada@Engine.example ::: ada@work.example,ada@home.example,Engines,+44 20',
  ',Charles,Babbage,,,charles@engine.example,,,',
  'No Address,No,Address,,,,,,123',
].join('\n')

test('a file of Google Contacts is taken over, and what no line of it has is said', async () => {
  const client = await newClient()
  const { lines, ...counts } = await importInto(client, google)
  expect(counts).toEqual({ created: 2, updated: 0, unchanged: 0, refused: 1 })
  expect(lines).toMatchObject([
    { line: 2, outcome: 'created', address: 'ada@engine.example', reason: null },
    { line: 4, outcome: 'created', address: 'charles@engine.example' },
    { line: 5, outcome: 'refused', reason: 'VALIDATION_FAILED', message: 'There is no e-mail address in this line.' },
  ])
  expect(await allOf(client)).toMatchObject([
    {
      name: 'Ada Byron',
      otherAddresses: ['ada@home.example', 'ada@work.example'],
      company: 'Engines',
      notes: 'Likes "engines"\nand tea',
      sources: { name: 'import', company: 'import', notes: 'import' },
    },
    { name: 'Charles Babbage', company: null, sources: { name: 'import', company: null, notes: null } },
  ])
})

test('a file of Outlook, as Excel saves it in half of Europe, is taken over', async () => {
  const client = await newClient()
  const csv =
    '\ufeffFirst Name;Middle Name;Last Name;Company;E-mail Address;E-mail 2 Address;Notes\r\n' +
    'Zoë;;Müller;"Wolle; Garn";zoe@wolle.example;zoe@home.example;\r\n'
  expect(await importInto(client, csv)).toMatchObject({ created: 1, refused: 0 })
  expect(await whatIsKnown(client)).toMatchObject([
    { name: 'Zoë Müller', company: 'Wolle; Garn', otherAddresses: ['zoe@home.example'], notes: null },
  ])
})

test('the same file twice changes nothing, and nobody is told of a change', async () => {
  const owner = await app.newOwner()
  const client = await httpClient(app, owner)
  await importInto(client, google)
  const before = await allOf(client)
  app.clock.advance(1_000)
  expect(await importInto(client, google)).toMatchObject({ created: 0, updated: 0, unchanged: 2, refused: 1 })
  expect(await allOf(client)).toEqual(before)
  const { items } = await client.audit.list.query({})
  expect(items.filter(({ action }) => action === 'CONTACTS_IMPORTED')).toMatchObject([
    { detail: { created: '2', updated: '0' } },
  ])
})

test('a filled cell replaces what there was, an empty one leaves it, and an address finds its contact', async () => {
  const client = await newClient()
  const { id } = await client.contacts.upsert.mutate({ address: 'ada@engine.example', name: 'Ada', notes: 'Tea' })
  const csv = 'Name,E-mail Address,Other Addresses,Notes\nAda Byron,new@engine.example,ada@engine.example,\n'
  expect(await importInto(client, csv)).toMatchObject({ updated: 1, lines: [{ contactId: id }] })
  expect(await allOf(client)).toMatchObject([
    { id, name: 'Ada Byron', notes: 'Tea', address: 'ada@engine.example', otherAddresses: ['new@engine.example'] },
  ])
  expect(await importInto(client, csv)).toMatchObject({ unchanged: 1 })
})

test('who is in a file twice is taken from the first line', async () => {
  const client = await newClient()
  const csv =
    'Name,E-mail,Other Addresses\nA,a@b.example,c@b.example\nB,A@B.example,\nC,c@b.example,\nD,d@b.example,c@b.example'
  for (const expected of [{ created: 2 }, { unchanged: 2 }]) {
    const { lines, ...counts } = await importInto(client, csv)
    expect(counts).toMatchObject({ ...expected, refused: 2 })
    expect(lines.slice(1, 3)).toMatchObject([
      { line: 3, reason: 'CONTACT_REPEATED', message: 'This is the contact of line 2 once more.' },
      { line: 4, reason: 'CONTACT_REPEATED' },
    ])
  }
  expect(await whatIsKnown(client)).toMatchObject([
    { name: 'A', otherAddresses: ['c@b.example'] },
    { name: 'D', otherAddresses: [] },
  ])
})

test('two lines about one contact that has several addresses are one', async () => {
  const client = await newClient()
  await importInto(client, 'Name,E-mail,Other Addresses\nA,a@b.example,c@b.example')
  const csv = 'Name,E-mail\nA,a@b.example\nB,c@b.example'
  expect(await importInto(client, csv)).toMatchObject({ unchanged: 1, refused: 1 })
})

const good = 'Good,good@engine.example'

test.each<[string, string, [line: number, message: RegExp][]]>([
  ['a quote that is never closed', 'Name,E-mail\n"Bad,bad@b.example\nGood,good@engine.example\n', [[2, /not closed/]]],
  ['a quote that closes too early', `Name,E-mail\n"Ba"d,bad@b.example\n${good}\n`, [[2, /middle/]]],
  ['a quote inside a value', `Name,E-mail\nBa"d,bad@b.example\n${good}`, [[2, /middle/]]],
  ['a value too many', `Name,E-mail\nBad,bad@b.example,x\n${good}`, [[2, /more values/]]],
  ['U+0000', `Name,E-mail\nB\0d,bad@b.example\n${good}`, [[2, /cannot be stored/]]],
  ['a word for an address', `Name,E-mail\nBad,nowhere\n${good}`, [[2, /is none/]]],
  ['a name of 201 characters', `Name,E-mail\n${'x'.repeat(201)},bad@b.example\n${good}`, [[2, /200 characters/]]],
  [
    'a cell of half a megabyte',
    `Name,E-mail\n"${'x'.repeat(500_000)}",bad@b.example\n${good}`,
    [[2, /200 characters/]],
  ],
  [
    'a contact of tomorrow',
    `Name,E-mail,Last Contacted\nBad,a@b.example,2999-01-01T00:00:00.000Z\n${good}`,
    [[2, /past/]],
  ],
  [
    'faults in many places',
    `Name,E-mail\n\n"Ba"d,x\n\r\n${good}\n"B\n`,
    [
      [3, /middle/],
      [6, /not closed/],
    ],
  ],
  [
    'line ends of three kinds',
    `Name,E-mail\r"B"d,x\n${good}\r\nB"d,y\r`,
    [
      [2, /middle/],
      [4, /middle/],
    ],
  ],
])('%s costs its own line and no other', async (_, csv, refusals) => {
  const client = await newClient()
  const { lines } = await importInto(client, csv)
  expect(lines.filter(({ outcome }) => outcome === 'refused')).toMatchObject(
    refusals.map(([line, message]) => ({ line, message: expect.stringMatching(message) as string })),
  )
  expect(lines.filter(({ outcome }) => outcome === 'created')).toHaveLength(1)
  expect(await whatIsKnown(client)).toMatchObject([{ name: 'Good' }])
})

test.each<[string, string]>([
  ['nothing', ''],
  ['blanks', ' \r\n\n'],
  ['no names of columns', 'Ada,ada@engine.example\n'],
  ['no column of addresses', 'Name,Phone\nAda,1\n'],
  ['bytes of something else', 'PK\u0003\u0004\0\0"\0'],
])('a file of %s is refused', async (_, csv) => {
  const client = await newClient()
  expect(await refusalOf(importInto(client, csv))).toMatchObject({ status: 400, reason: 'CSV_UNREADABLE' })
})

test('a file of column names alone changes nothing', async () => {
  expect(await importInto(await newClient(), 'Name,E-mail')).toMatchObject({ created: 0, refused: 0, lines: [] })
})

test.each<[string, string]>([
  ['quotes inside values', 'a"b,c\n'],
  ['quotes that close too early', '"a"b\n'],
  ['quotes that do not close', '"a,c@x\n'],
  ['one quote', '"\n'],
  ['empty values', ',,,,,,\n'],
])('100,000 lines of %s are refused, and meanwhile others are answered', async (_, line) => {
  const client = await newClient()
  let longest = 0
  let last = performance.now()
  const watch = setInterval(() => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }, 5)
  const start = process.cpuUsage()
  const refusal = await refusalOf(importInto(client, `Name,E-mail\n${line.repeat(100_000)}`))
  const { user, system } = process.cpuUsage(start)
  clearInterval(watch)
  expect(['CSV_TOO_LONG', 'CSV_UNREADABLE']).toContain(refusal.reason)
  expect((user + system) / 1_000).toBeLessThan(10_000)
  expect(longest).toBeLessThan(1_000)
})

test('a body of ten megabytes is refused before it is read', async () => {
  const csv = `Name,E-mail\n"${'x'.repeat(10_000_000)}",a@b.example`
  expect(await refusalOf(importInto(await newClient(), csv))).toMatchObject({ status: 413, reason: 'BODY_TOO_LARGE' })
})

test('what leaves as a file comes back as it was, and no cell of it is a formula', async () => {
  const [client, other] = [await newClient(), await newClient()]
  const texts = [
    '=1+1',
    '+49',
    '-x',
    '@SUM(A1)',
    "'=x",
    "''@x",
    "'quoted'",
    'a "b", c',
    '＝1',
    'Zoë; 陳\r\n=2',
    '"',
    ',',
    "O'Neil",
  ]
  for (const [index, text] of texts.entries()) {
    await client.contacts.upsert.mutate({ address: `${index}@b.example`, name: text, company: text, notes: text })
  }
  for (const address of ['=a@b.example', "'b@b.example", '"x;y"@b.example']) {
    await client.contacts.upsert.mutate({ address, notes: '=' })
  }
  const [into, from] = (await client.contacts.list.query({ search: 'b@b.example' })).items
  expect(from).toBeUndefined()
  const all = (await client.contacts.list.query({ limit: 100 })).items
  const odd = all.filter(({ address }) => /^["=]/.test(address)).map(({ id }) => id)
  await client.contacts.merge.mutate({ intoId: into!.id, fromIds: odd })
  await app.db
    .updateTable('contacts')
    .set({ lastContactedAt: '2020-01-01T00:00:00.000Z' })
    .where('id', '=', into!.id)
    .execute()

  const { csv, count, nextCursor } = await client.contacts.export.query({})
  expect([count, nextCursor]).toEqual([texts.length + 1, null])
  expect(csv.split('\r\n')[0]).toBe('Name,E-mail Address,Other Addresses,Company,Notes,Last Contacted')
  expect(csv).not.toMatch(/(^|[,\n]"?)[=+\-@\t\r＝][^\n]*,[^\n]*example/m)
  const known = await allOf(client)
  expect(await importInto(client, csv)).toMatchObject({ unchanged: count, refused: 0 })
  expect(await allOf(client)).toEqual(known)
  expect(await importInto(other, csv)).toMatchObject({ created: count, refused: 0 })
  expect(await whatIsKnown(other)).toEqual(await whatIsKnown(client))
  expect((await other.contacts.export.query({})).csv).toBe(csv)
})

test('many contacts leave in several files, each of which an import takes', async () => {
  const [client, other] = [await newClient(), await newClient()]
  const note = '"\n'.repeat(4_000)
  for (let index = 0; index < 90; index++) {
    await client.contacts.upsert.mutate({ address: `${index}@b.example`, notes: `${note}${index}` })
  }
  let [cursor, files] = [undefined as string | undefined, 0]
  do {
    const part = await client.contacts.export.query({ cursor })
    expect(await importInto(other, part.csv)).toMatchObject({ created: part.count, refused: 0 })
    cursor = part.nextCursor ?? undefined
    files++
  } while (cursor)
  expect(files).toBeGreaterThan(1)
  const known = await whatIsKnown(client)
  expect(known).toHaveLength(90)
  expect(await whatIsKnown(other)).toEqual(known)
})

test('10,000 lines are imported, and one more is one too many', async () => {
  const client = await newClient()
  const lines = Array.from({ length: 10_001 }, (_, index) => `Person ${index},p${index}@engine.example`)
  const file = (count: number) => ['Name,E-mail', ...lines.slice(0, count)].join('\n')
  expect(await refusalOf(importInto(client, file(10_001)))).toMatchObject({ status: 413, reason: 'CSV_TOO_LONG' })
  const start = performance.now()
  expect(await importInto(client, file(10_000))).toMatchObject({ created: 10_000, refused: 0 })
  const created = performance.now() - start
  expect(await importInto(client, file(10_000))).toMatchObject({ unchanged: 10_000 })
  // oxlint-disable-next-line no-console -- a figure to watch
  console.info(
    `10,000 contacts: created in ${Math.round(created)} ms, unchanged in ${Math.round(performance.now() - start - created)} ms`,
  )
})
