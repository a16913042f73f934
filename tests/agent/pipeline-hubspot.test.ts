import { afterAll, beforeEach, expect, test } from 'vitest'
import { createAutomaticApp, openAutomatic } from '../support/automatic.ts'
import { type Inbox, openInbox } from '../support/connected-inbox.ts'
import { error, type HubspotFault, limit, page, saying, startHubspot, wrongKey } from '../support/hubspot-server.ts'
import { findTrace } from '../support/inbox.ts'
import { createScriptedModel } from '../support/scripted-model.ts'

const key = 'pat-eu1-of-the-tests'
const ada = 'ada@engine.example'
const properties = { email: ada, firstname: 'Ada', lastname: 'Byron', company: 'Hubengines', jobtitle: 'Hubcountess' }
const hubspot = await startHubspot([key], [{ id: '4711', properties }])
const model = createScriptedModel()
const app = await createAutomaticApp({ crm: { provider: 'own', apiKey: null, baseUrl: hubspot.url } }, undefined, model)
afterAll(async () => {
  await app[Symbol.asyncDispose]()
  await hubspot[Symbol.asyncDispose]()
})
beforeEach(() => {
  hubspot.failAlways(undefined)
  hubspot.requests.length = 0
})

async function choose({ api }: Inbox): Promise<void> {
  await api.settings.setHubspotKey({ key })
  await api.settings.update({ crm: 'hubspot' })
  hubspot.requests.length = 0
}

async function openWithHubspot(): Promise<Inbox> {
  const inbox = await openInbox(app, { autonomy: 'ask' })
  await choose(inbox)
  return inbox
}

async function runOf(inbox: Inbox, emailId: string) {
  const trace = await findTrace(app, inbox.owner, emailId)
  const step = (wanted: string) => trace.steps.find(({ name }) => name === wanted)
  const tools = step('execute')?.toolExecutions ?? []
  return { trace, step, tool: tools.find(({ tool }) => tool === 'hubspot'), tools }
}

function lastContext() {
  const [request] = model.asked('generate').slice(-1)
  return request?.facts.task === 'generate' ? request.facts.context : []
}

test('a mail of somebody whom HubSpot knows: the run tells the tool, the source and when, and the model is told them', async () => {
  const inbox = await openWithHubspot()
  await inbox.api.contacts.upsert({ address: ada, name: 'Ada of my own table', notes: 'Owncrmnote' })
  const { id, status } = await inbox.receive()
  expect(status).toBe('needs_review')
  expect(hubspot.requests).toMatchObject([{ method: 'GET', key }])
  const { step, tool, tools } = await runOf(inbox, id)
  expect(step('decide')?.output).toMatchObject({ tools: ['contact', 'hubspot', 'templates'] })
  expect(tool).toMatchObject({
    status: 'ok',
    error: null,
    output: { found: true, source: 'HubSpot', contactId: '4711', fetchedAt: expect.any(String) as string },
  })
  expect(step('execute')?.output).toMatchObject({
    sources: expect.arrayContaining([{ kind: 'crm', id: '4711', audience: 'owner' }]) as unknown,
  })
  const day = app.clock.now().toISOString().slice(0, 10)
  // What the owner keeps themselves comes first, and as it is.
  expect(lastContext().filter(({ kind }) => ['contact', 'crm'].includes(kind))).toMatchObject([
    { kind: 'contact', text: 'Ada of my own table\nOwncrmnote', audience: 'owner' },
    {
      kind: 'crm',
      label: `Contact Ada Byron, Hubengines (from HubSpot, fetched ${day})`,
      text: 'Ada Byron, Hubengines\nJob title: Hubcountess',
      audience: 'owner',
    },
  ])
  // No words of a contact are kept in the record of a run, and nothing of it goes into the owner's table.
  expect(JSON.stringify(tools)).not.toMatch(/Hub(engines|countess)|pat-eu1/)
  expect(await inbox.api.contacts.list({})).toMatchObject({ items: [{ name: 'Ada of my own table', company: null }] })
})

test('a reply that may go out unread is written without HubSpot, which is not even asked', async () => {
  const inbox = await openAutomatic(app)
  await choose(inbox)
  const { id } = await inbox.receive()
  const { trace, tool } = await runOf(inbox, id)
  expect(trace.mode).toBe('maySend')
  expect(tool).toBeUndefined()
  expect(hubspot.requests).toEqual([])
})

test('nobody is looked up there for an owner who has not chosen it, or chose it no more', async () => {
  const inbox = await openInbox(app, { autonomy: 'ask' })
  await inbox.receive()
  await choose(inbox)
  await inbox.api.settings.update({ crm: 'own' })
  await inbox.receive({ subject: 'Another' })
  await inbox.api.settings.update({ crm: 'hubspot' })
  await inbox.api.settings.setHubspotKey({ key: null })
  const { id } = await inbox.receive({ subject: 'A third' })
  expect((await runOf(inbox, id)).tool).toBeUndefined()
  expect(hubspot.requests).toEqual([])
})

test('somebody whom HubSpot does not know is nobody there, and the draft is written', async () => {
  const inbox = await openWithHubspot()
  const { id, draft } = await inbox.receive({ from: 'Bob <bob@engine.example>' })
  expect((await runOf(inbox, id)).tool).toMatchObject({ status: 'ok', output: { found: false } })
  expect(draft).not.toBeNull()
})

test.each<[string, HubspotFault, RegExp]>([
  ['does not take the key', wrongKey, /does not take the key \(401\): set another one in the settings/],
  ['is limited for the day', limit('DAILY'), /requests of a day to HubSpot are used up/],
  ['is down', error('INTERNAL', 503, 'down'), /not available \(503\)/],
  ['answers HTML', page(200), /other than JSON/],
  ['answers something else', saying({ id: 5 }), /other than what was asked for/],
])('while HubSpot %s the run says so and goes on without it', async (_what, fault, told) => {
  const inbox = await openWithHubspot()
  hubspot.failAlways(fault)
  const { id, status } = await inbox.receive()
  const { trace, tool, tools } = await runOf(inbox, id)
  expect([status, trace.status]).toEqual(['needs_review', 'completed'])
  expect(tool).toMatchObject({ status: 'failed', output: null, error: expect.stringMatching(told) as string })
  expect(tools.filter((each) => each.status === 'ok').map(({ tool: name }) => name)).toEqual(['contact', 'templates'])
  expect(lastContext().filter(({ kind }) => kind === 'crm')).toEqual([])
  // Nothing is lost: the key is kept, and the next mail finds the contact again.
  hubspot.failAlways(undefined)
  expect(await inbox.api.settings.get()).toMatchObject({ crm: 'hubspot', hasHubspotKey: true })
})
