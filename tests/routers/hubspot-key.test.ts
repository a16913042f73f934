import { randomUUID } from 'node:crypto'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { SettingsAnswer } from '../../shared-types/index.ts'
import { hubspotKeyPlace } from '../../server/db/accounts/hubspot-keys.ts'
import { createTestApp } from '../support/app.ts'
import { error, limit, missingScope, page, startHubspot } from '../support/hubspot-server.ts'
import { httpClient, refusalOf } from '../support/http-client.ts'

const key = `pat-eu1-${randomUUID()}`
const hubspot = await startHubspot([key])
const lines: string[] = []
const app = await createTestApp({
  environment: { HUBSPOT_BASE_URL: hubspot.url },
  config: { log: { level: 'trace', pretty: false } },
  log: (line) => void lines.push(line),
})
afterAll(async () => {
  await app[Symbol.asyncDispose]()
  await hubspot[Symbol.asyncDispose]()
})
beforeEach(() => {
  hubspot.failAlways(undefined)
  hubspot.requests.length = 0
})

async function newClient() {
  const owner = await app.newOwner()
  return { ...owner, client: await httpClient(app, owner) }
}

async function actionsOf({ client }: Awaited<ReturnType<typeof newClient>>) {
  return (await client.audit.list.query({})).items
}

test('a key is tried, sealed, and never read back; it is chosen, and removed again', async () => {
  const owner = await newClient()
  const { client, userId } = owner
  expect(await client.settings.get.query()).toMatchObject({ crm: 'default', hasHubspotKey: false })
  expect(await client.settings.setHubspotKey.mutate({ key: ` ${key} ` })).toEqual({ state: 'works' })
  expect(hubspot.requests).toMatchObject([{ method: 'GET', key }])
  const told = await client.settings.update.mutate({ crm: 'hubspot' })
  expect(told).toMatchObject({ crm: 'hubspot', hasHubspotKey: true })
  expect(SettingsAnswer.parse(await client.settings.get.query())).toEqual(told)

  const { sealedKey } = await app.db
    .selectFrom('hubspotKeys')
    .where('userId', '=', userId)
    .selectAll()
    .executeTakeFirstOrThrow()
  expect(sealedKey.includes(key)).toBe(false)
  expect(app.ctx.sealer.open(sealedKey, hubspotKeyPlace(userId))).toBe(key)
  expect(() => app.ctx.sealer.open(sealedKey, hubspotKeyPlace(randomUUID()))).toThrow(/belongs to another row/)

  expect(await client.settings.setHubspotKey.mutate({ key: null })).toEqual({ state: 'removed' })
  expect(await client.settings.get.query()).toMatchObject({ crm: 'default', hasHubspotKey: false })
  // Nothing is there any more to be removed, or told of.
  expect(await client.settings.setHubspotKey.mutate({ key: null })).toEqual({ state: 'removed' })
  const entries = await actionsOf(owner)
  expect(entries.map(({ action }) => action)).toEqual(['HUBSPOT_KEY_REMOVED', 'SETTINGS_CHANGED', 'HUBSPOT_KEY_SET'])
  expect(JSON.stringify([entries, told, lines])).not.toContain(key)
})

test('whoever removes the key keeps what else they chose', async () => {
  const { client } = await newClient()
  await client.settings.setHubspotKey.mutate({ key })
  await client.settings.update.mutate({ crm: 'own' })
  await client.settings.setHubspotKey.mutate({ key: null })
  expect(await client.settings.get.query()).toMatchObject({ crm: 'own', hasHubspotKey: false })
})

test('a key that HubSpot does not take is refused in a sentence, and the one before stays', async () => {
  const owner = await newClient()
  const { client } = owner
  await client.settings.setHubspotKey.mutate({ key })
  const set = (other: string) => refusalOf(client.settings.setHubspotKey.mutate({ key: other }))
  const wrong = `pat-wrong-${randomUUID()}`
  expect(await set(wrong)).toMatchObject({
    status: 422,
    reason: 'CRM_KEY_REFUSED',
    message: 'HubSpot does not take this key.',
  })
  hubspot.failNext(missingScope)
  expect(await set(key)).toMatchObject({
    reason: 'CRM_KEY_REFUSED',
    message: expect.stringContaining('crm.objects.contacts.read') as string,
  })
  expect(await client.settings.get.query()).toMatchObject({ hasHubspotKey: true })
  expect((await actionsOf(owner)).map(({ action }) => action)).toEqual(['HUBSPOT_KEY_SET'])
  expect(lines.join('\n')).not.toContain(wrong)
})

test.each([
  ['is down', error('INTERNAL', 503, 'down')],
  ['is limited', limit('DAILY')],
  ['is not what answers', page(404)],
])('a key is kept untried while HubSpot %s, and that is said', async (_what, fault) => {
  const { client } = await newClient()
  hubspot.failAlways(fault)
  expect(await client.settings.setHubspotKey.mutate({ key })).toEqual({ state: 'untried' })
  expect(await client.settings.update.mutate({ crm: 'hubspot' })).toMatchObject({ hasHubspotKey: true })
})

test('HubSpot is not to be chosen without a key, and nothing else of that change is kept', async () => {
  const { client } = await newClient()
  expect(await refusalOf(client.settings.update.mutate({ crm: 'hubspot', signature: 'Bye' }))).toMatchObject({
    status: 412,
    reason: 'CRM_KEY_MISSING',
    message: 'Set a key of HubSpot first, then choose it.',
  })
  expect(await client.settings.get.query()).toMatchObject({ crm: 'default', signature: '' })
})

test('a key of another owner is none of mine', async () => {
  const [one, other] = [await newClient(), await newClient()]
  await one.client.settings.setHubspotKey.mutate({ key })
  expect((await refusalOf(other.client.settings.update.mutate({ crm: 'hubspot' }))).reason).toBe('CRM_KEY_MISSING')
  await other.client.settings.setHubspotKey.mutate({ key: null })
  expect(await one.client.settings.get.query()).toMatchObject({ hasHubspotKey: true })
})

test.each([['short'], ['with a space'], ['x'.repeat(501)], ['schlüssel-ü'], ['line\r\nbreak: x']])(
  '%j is no key: nobody is asked, and it is not repeated',
  async (text) => {
    const { client } = await newClient()
    const refusal = await refusalOf(client.settings.setHubspotKey.mutate({ key: text }))
    expect(refusal).toMatchObject({ status: 400, reason: 'VALIDATION_FAILED' })
    expect(Object.keys(refusal.fieldErrors ?? {})).toEqual(['key'])
    expect(JSON.stringify(refusal)).not.toContain(text)
    expect(hubspot.requests).toEqual([])
  },
)
