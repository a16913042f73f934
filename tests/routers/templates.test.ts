import { afterAll, describe, expect, test } from 'vitest'
import { cursorOf } from '../../server/db/engine/page.ts'
import { renderTemplate, variablesOf } from '../../shared-types/index.ts'
import { createTestApp } from '../support/app.ts'
import { httpClient, refusalOf } from '../support/http-client.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const body = 'Dear {{name}},\n\nour prices of {{date}} are attached. {{ name }}, ask away.'

async function newClient() {
  return httpClient(app, await app.newOwner())
}

test('a template is kept with the variables that stand in it, and found again', async () => {
  const client = await newClient()
  const made = await client.templates.create.mutate({ name: ' Prices ', intent: 'inquiry', language: 'en', body })
  expect(made).toMatchObject({
    name: 'Prices',
    variables: ['name', 'date'],
    version: 1,
    isApproved: false,
    useCount: 0,
    lastUsedAt: null,
    body,
  })
  expect(await client.templates.get.query({ templateId: made.id })).toEqual(made)
  const { body: _body, ...item } = made
  expect(await client.templates.list.query({})).toEqual({ items: [item], nextCursor: null })
})

test('pages hold every template once, the newest first', async () => {
  const client = await newClient()
  const names = ['one', 'two', 'three', 'four', 'five']
  for (const name of names) {
    app.clock.advance(1_000)
    await client.templates.create.mutate({ name, body: 'x' })
  }
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await client.templates.list.query({ limit: 2, cursor })
    seen.push(...page.items.map(({ name }) => name))
    cursor = page.nextCursor ?? undefined
  } while (cursor)
  expect(seen).toEqual(names.toReversed())
})

test('what is named changes and nothing else; another text is the next version', async () => {
  const client = await newClient()
  const made = await client.templates.create.mutate({ name: 'Prices', language: 'en', body })
  const key = { templateId: made.id }
  const renamed = await client.templates.update.mutate({ ...key, version: 1, name: 'Price list' })
  expect(renamed).toMatchObject({ name: 'Price list', language: 'en', body, version: 1 })
  expect(await client.templates.update.mutate({ ...key, version: 1, body })).toMatchObject({ version: 1 })
  const edited = await client.templates.update.mutate({ ...key, version: 1, body: 'Hello' })
  expect(edited).toMatchObject({ version: 2, body: 'Hello', variables: [] })
  const stale = client.templates.update.mutate({ ...key, version: 1, body: 'Hi' })
  expect(await refusalOf(stale)).toMatchObject({ reason: 'TEMPLATE_CHANGED' })
})

test('an approval is of one version, one intent and one language', async () => {
  const client = await newClient()
  const { id: templateId } = await client.templates.create.mutate({ name: 'Prices', body })
  const approve = (version: number) => client.templates.approve.mutate({ templateId, version })
  const update = (version: number, change: object) => {
    return client.templates.update.mutate({ templateId, version, ...change })
  }
  expect(await approve(1)).toMatchObject({ isApproved: true })
  expect(await update(1, { name: 'Price list' })).toMatchObject({ isApproved: true })
  expect(await update(1, { intent: 'inquiry' })).toMatchObject({ isApproved: false })
  expect(await approve(1)).toMatchObject({ isApproved: true })
  expect(await update(1, { body: 'Dear {{name}}' })).toMatchObject({ isApproved: false, version: 2 })
  expect(await refusalOf(approve(1))).toMatchObject({ reason: 'TEMPLATE_CHANGED' })
  expect(await approve(2)).toMatchObject({ isApproved: true, version: 2 })
})

test('a template that holds what only its owner can fill in is not approved', async () => {
  const client = await newClient()
  const { id: templateId } = await client.templates.create.mutate({ name: 'Offer', body: 'It costs {{price}}.' })
  const refusal = await refusalOf(client.templates.approve.mutate({ templateId, version: 1 }))
  expect(refusal).toMatchObject({
    reason: 'VALIDATION_FAILED',
    message: expect.stringContaining('{{price}}') as string,
  })
  expect(await client.templates.get.query({ templateId })).toMatchObject({ isApproved: false })
})

test('two templates of an owner have two names, those of two owners need not', async () => {
  const [client, other] = [await newClient(), await newClient()]
  await client.templates.create.mutate({ name: 'Prices', body })
  const second = await client.templates.create.mutate({ name: 'Hours', body })
  const taken = { reason: 'TEMPLATE_NAME_TAKEN' }
  expect(await refusalOf(client.templates.create.mutate({ name: 'Prices', body }))).toMatchObject(taken)
  const rename = client.templates.update.mutate({ templateId: second.id, version: 1, name: 'Prices' })
  expect(await refusalOf(rename)).toMatchObject(taken)
  expect(await client.templates.get.query({ templateId: second.id })).toMatchObject({ name: 'Hours' })
  expect(await other.templates.create.mutate({ name: 'Prices', body })).toMatchObject({ name: 'Prices' })
})

test('another owner’s template answers exactly like one that does not exist', async () => {
  const [client, other] = [await newClient(), await newClient()]
  const { id: templateId } = await client.templates.create.mutate({ name: 'Prices', body })
  for (const call of [
    () => other.templates.get.query({ templateId }),
    () => other.templates.render.query({ templateId }),
    () => other.templates.update.mutate({ templateId, version: 1, name: 'Mine' }),
    () => other.templates.approve.mutate({ templateId, version: 1 }),
    () => other.templates.delete.mutate({ templateId }),
  ]) {
    expect(await refusalOf(call())).toMatchObject({ reason: 'NOT_FOUND', message: 'There is no such template.' })
  }
  expect(await client.templates.get.query({ templateId })).toMatchObject({ name: 'Prices', isApproved: false })
})

test('a template that is deleted is gone, with all its versions', async () => {
  const client = await newClient()
  const { id: templateId } = await client.templates.create.mutate({ name: 'Prices', body })
  await client.templates.update.mutate({ templateId, version: 1, body: 'Hello' })
  const versions = () =>
    app.db.selectFrom('templateVersions').where('templateId', '=', templateId).select('body').execute()
  expect(await versions()).toEqual([{ body }, { body: 'Hello' }])
  expect(await client.templates.delete.mutate({ templateId })).toEqual({ ok: true })
  expect(await refusalOf(client.templates.delete.mutate({ templateId }))).toMatchObject({ reason: 'NOT_FOUND' })
  expect(await versions()).toEqual([])
})

test('a template is shown with its values, and says what is missing', async () => {
  const client = await newClient()
  const { id: templateId } = await client.templates.create.mutate({ name: 'Prices', body: 'Dear {{name}}, {{date}}' })
  const render = (values: Record<string, string>) => client.templates.render.query({ templateId, values })
  expect(await render({ name: 'Ada' })).toEqual({ text: 'Dear Ada, {{date}}', missing: ['date'] })
  expect(await render({ name: '{{date}}', date: 'today' })).toEqual({ text: 'Dear {{date}}, today', missing: [] })
  expect(await refusalOf(render({ price: '1' }))).toMatchObject({ message: 'The template has no {{price}}.' })
})

test.each<[string, object, string]>([
  ['a name of blanks', { name: '  ', body }, 'name'],
  ['an empty text', { name: 'x', body: ' ' }, 'body'],
  ['a text of a megabyte', { name: 'x', body: 'x'.repeat(10_001) }, 'body'],
  ['an intent that does not exist', { name: 'x', body, intent: 'poem' }, 'intent'],
  ['half a character', { name: 'x', body: '\ud800' }, 'body'],
])('%s makes no template', async (_, input, field) => {
  const client = await newClient()
  const refusal = await refusalOf(client.templates.create.mutate(input as never))
  expect(refusal).toMatchObject({ reason: 'VALIDATION_FAILED', fieldErrors: { [field]: [expect.any(String)] } })
})

describe('what is a variable', () => {
  test.each<[string, string[]]>([
    ['{{name}} {{ name }} {{Straße}}', ['name', 'Straße']],
    ['{name} {{na me}} {{}} {{name} }', []],
    ['{{{name}}}', ['name']],
    ['{{constructor}}', ['constructor']],
  ])('%s', (text, names) => {
    expect(variablesOf(text)).toEqual(names)
    expect(renderTemplate(text, {}).missing).toEqual(names)
  })
})

test('templates move to another account, without their approvals', async () => {
  const client = await newClient()
  const names = Array.from({ length: 101 }, (_, index) => `Reply ${String(index).padStart(3, '0')}`)
  for (const half of [names.slice(0, 100), names.slice(100)]) {
    const { items } = await client.templates.import.mutate({ templates: half.map((name) => ({ name, body })) })
    expect(items.map(({ name, outcome }) => [name, outcome])).toEqual(half.map((name) => [name, 'created']))
  }
  const first = await client.templates.export.query()
  expect(first.templates).toHaveLength(100)
  const rest = await client.templates.export.query({ cursor: first.nextCursor ?? '' })
  expect([...first.templates, ...rest.templates].map(({ name }) => name)).toEqual(names)
  expect(rest.nextCursor).toBeNull()

  const other = await newClient()
  const { items } = await other.templates.import.mutate({ templates: first.templates })
  expect(items).toHaveLength(100)
  expect(await other.templates.get.query({ templateId: items[0]?.templateId ?? '' })).toMatchObject({
    name: 'Reply 000',
    body,
    isApproved: false,
    version: 1,
  })
})

test('a place in an export that this list did not give is refused, whatever it holds', async () => {
  const client = await newClient()
  for (const cursor of ['Reply 001', '\u0000', cursorOf(['\u0000']), cursorOf(['x', 'y'])]) {
    const refusal = await refusalOf(client.templates.export.query({ cursor }))
    expect([cursor, refusal.reason]).toEqual([cursor, 'VALIDATION_FAILED'])
  }
})

test('an import keeps what stands there by the same name, or replaces it and asks for a new approval', async () => {
  const client = await newClient()
  const made = await client.templates.create.mutate({ name: 'Prices', body: 'Our prices.' })
  const same = await client.templates.create.mutate({ name: 'Same', body: 'Hello.' })
  await client.templates.approve.mutate({ templateId: made.id, version: 1 })
  const templates = [
    { name: 'Same', body: 'Hello.' },
    { name: 'Prices', body: 'Our new prices.' },
    { name: 'Another', body: 'Hi.' },
  ]
  const outcomes = async (input: { onTaken?: 'keep' | 'replace' }) => {
    const { items } = await client.templates.import.mutate({ templates, ...input })
    return items.map(({ outcome }) => outcome)
  }
  expect(await outcomes({})).toEqual(['unchanged', 'kept', 'created'])
  expect(await client.templates.get.query({ templateId: made.id })).toMatchObject({
    body: 'Our prices.',
    isApproved: true,
  })
  expect(await outcomes({ onTaken: 'replace' })).toEqual(['unchanged', 'replaced', 'unchanged'])
  expect(await client.templates.get.query({ templateId: made.id })).toMatchObject({
    body: 'Our new prices.',
    isApproved: false,
    version: 2,
  })
  expect(await client.templates.get.query({ templateId: same.id })).toEqual(same)
  const twice = [templates[0]!, templates[0]!]
  expect(await refusalOf(client.templates.import.mutate({ templates: twice }))).toMatchObject({
    reason: 'VALIDATION_FAILED',
  })
})

test('two imports of the same templates in opposite order both end', async () => {
  const client = await newClient()
  const templates = Array.from({ length: 20 }, (_, index) => ({ name: `T${index}`, body: 'x' }))
  const both = [templates, templates.toReversed()]
  const imported = await Promise.all(both.map((each) => client.templates.import.mutate({ templates: each })))
  const made = imported.flatMap(({ items }) => items).filter(({ outcome }) => outcome === 'created')
  expect(made.map(({ name }) => name).toSorted()).toEqual(templates.map(({ name }) => name).toSorted())
})
