import { afterAll, afterEach, expect, test } from 'vitest'
import { promptVersion } from '../../server/agent/prompts.ts'
import { hookSteps } from '../../server/step.ts'
import type { TrustItem, UpdateSettingsInput } from '../../shared-types/index.ts'
import { automaticReply, createAutomaticApp, earnTrust, openAutomatic } from '../support/automatic.ts'
import type { Inbox } from '../support/connected-inbox.ts'
import { createScriptedModel } from '../support/scripted-model.ts'
import { stateOf, versionOf } from '../support/sending.ts'

const scripted = createScriptedModel()
const ids = { classify: 'a model', generate: 'a model' }
const model = { ...scripted, ports: { ...scripted.ports, model: { ...scripted.ports.model, ids } } }
const app = await createAutomaticApp({}, automaticReply, model)
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => {
  hookSteps(undefined)
  ids.classify = ids.generate = 'a model'
})

const dayMs = 86_400_000
const ada = 'ada@engine.example'
const both = ['INTENT_NOT_TRUSTED', 'CORRESPONDENT_NOT_TRUSTED']

/** An owner who would let routine replies go out, if only they had seen enough of them. */
const openUntrusting = (settings?: UpdateSettingsInput) => openAutomatic(app, settings, { isTrusted: false })

/** Why the reply to a new question waits for the owner; nothing: it does not. */
async function withheldFor(inbox: Inbox, mail: Parameters<Inbox['receive']>[0] = {}): Promise<string[]> {
  const { status, draft } = await inbox.receive({ subject: `Question ${crypto.randomUUID()}`, ...mail })
  const { reasons } = await inbox.draft(draft?.id ?? '')
  expect(status).toBe(reasons.length === 0 ? 'approved' : 'needs_review')
  return reasons.map(({ code }) => code)
}

/** A draft the owner is always asked about. */
const newDraft = (inbox: Inbox) =>
  inbox.newDraft({ subject: `Bill ${crypto.randomUUID()}`, text: 'May I have the invoice?' })

async function approveNew(inbox: Inbox): Promise<void> {
  await inbox.api.drafts.approve(versionOf(await newDraft(inbox)))
}

async function standingOf(inbox: Inbox, subject: string): Promise<TrustItem | undefined> {
  const { items } = await inbox.api.trust.list()
  return items.find((item) => (item.kind === 'intent' ? item.intent : item.address) === subject)
}

async function endUndoWindow(): Promise<void> {
  app.clock.advance(60_000)
  await app.drainDelayed()
}

test('after five drafts approved unchanged the sixth reply goes out by itself, which earns nothing further', async () => {
  const inbox = await openUntrusting()
  for (let n = 0; n < 5; n++) {
    const draft = await inbox.newDraft({ subject: `Question ${n}` })
    expect(draft.reasons.map(({ code }) => code)).toEqual(both)
    await inbox.api.drafts.approve(versionOf(draft))
    expect(await standingOf(inbox, ada)).toMatchObject({ approvals: n + 1, needed: 5, missing: 4 - n })
  }
  await endUndoWindow()
  expect(await inbox.sent()).toHaveLength(5)

  expect(await withheldFor(inbox)).toEqual([])
  await endUndoWindow()
  expect(await inbox.sent()).toHaveLength(6)
  expect(String((await inbox.sent()).at(-1)?.raw)).toMatch(/^Auto-Submitted: auto-replied\r$/m)
  for (const subject of ['inquiry', ada]) expect(await standingOf(inbox, subject)).toMatchObject({ approvals: 5 })
})

test('the owner says how many it takes', async () => {
  const inbox = await openUntrusting({ trustApprovals: 2 })
  await approveNew(inbox)
  expect(await withheldFor(inbox)).toEqual(both)
  await approveNew(inbox)
  expect(await withheldFor(inbox)).toEqual([])
  await inbox.api.settings.update({ trustApprovals: 3 })
  expect(await withheldFor(inbox)).toEqual(both)
})

test('an intent earns it over all who write, a correspondent over all they write', async () => {
  const inbox = await openUntrusting()
  await earnTrust(app, inbox, ['bob@engine.example'], ['inquiry'])
  expect(await withheldFor(inbox)).toEqual(['CORRESPONDENT_NOT_TRUSTED'])
  const other = await openUntrusting()
  await earnTrust(app, other, [ada], ['follow_up'])
  expect(await withheldFor(other)).toEqual(['INTENT_NOT_TRUSTED'])
})

const takenBack: [string, (inbox: Inbox) => Promise<unknown>][] = [
  ['an edit', async (inbox) => inbox.api.drafts.edit({ ...versionOf(await newDraft(inbox)), body: 'No.' })],
  [
    'an edit that is then approved',
    async (inbox) => {
      const edited = await inbox.api.drafts.edit({ ...versionOf(await newDraft(inbox)), body: 'No.' })
      await inbox.api.drafts.approve(versionOf(edited))
    },
  ],
  ['a rejection', async (inbox) => inbox.api.drafts.reject(versionOf(await newDraft(inbox)))],
  [
    'an automatic reply cancelled in its undo window, though it is approved after all',
    async (inbox) => {
      const { draft } = await inbox.receive({ subject: 'A question' })
      const cancelled = await inbox.api.drafts.cancelSend(versionOf(await inbox.draft(draft?.id ?? '')))
      await inbox.api.drafts.approve(versionOf(cancelled))
    },
  ],
]

test.each(takenBack)('%s takes all of it back, and it can be earned again', async (_name, takeBack) => {
  const inbox = await openAutomatic(app, { trustApprovals: 2 })
  const before = app.clock.now().getTime()
  await takeBack(inbox)
  for (const subject of ['inquiry', ada]) {
    const standing = await standingOf(inbox, subject)
    expect(standing).toMatchObject({ approvals: 0, missing: 2 })
    expect(Date.parse(standing?.lastTakenBackAt ?? '')).toBeGreaterThanOrEqual(before)
  }
  expect(await withheldFor(inbox)).toEqual(both)
  for (let n = 0; n < 2; n++) await approveNew(inbox)
  expect(await withheldFor(inbox)).toEqual([])
})

test.each(takenBack.slice(0, 3))('%s in the undo window stops what waits in it', async (_name, takeBack) => {
  const inbox = await openAutomatic(app)
  const { draft } = await inbox.receive()
  await takeBack(inbox)
  app.clock.advance(31_000)
  await app.drainDelayed()
  const { status, sendReasons } = await inbox.draft(draft?.id ?? '')
  expect({ status, codes: sendReasons.map(({ code }) => code) }).toEqual({ status: 'pending', codes: both })
  expect(await inbox.notifications()).toContain('send_withdrawn')
})

test('a rejection in the very moment before a reply is sent stops it', async () => {
  const inbox = await openAutomatic(app)
  const rejected = await newDraft(inbox)
  await inbox.receive()
  hookSteps({
    async before(name) {
      if (name === 'mark-sending') await inbox.api.drafts.reject(versionOf(rejected))
    },
  })
  await endUndoWindow()
  expect(inbox.requests('POST', /drafts\/send$/)).toEqual([])
  expect(await stateOf(inbox)).toBe('CANCELLED')
})

test('a rejection is not forgotten with its mail', async () => {
  const inbox = await openAutomatic(app)
  const rejected = await inbox.api.drafts.reject(versionOf(await newDraft(inbox)))
  await app.db.deleteFrom('emails').where('userId', '=', inbox.userId).where('id', '=', rejected.emailId).execute()
  expect(await withheldFor(inbox)).toEqual(both)
})

test('an approval that the owner takes back is none, and takes nothing back', async () => {
  const inbox = await openAutomatic(app)
  const draft = await newDraft(inbox)
  await inbox.api.drafts.approve(versionOf(draft))
  expect(await standingOf(inbox, ada)).toMatchObject({ approvals: 6 })
  await inbox.api.drafts.cancelSend(versionOf(draft))
  expect(await standingOf(inbox, ada)).toMatchObject({ approvals: 5, lastTakenBackAt: null })
  await inbox.api.drafts.approve(versionOf(draft))
  expect(await standingOf(inbox, ada)).toMatchObject({ approvals: 6 })
})

test('a second try at the same mail earns nothing, and a draft that was closed undecided says nothing', async () => {
  const inbox = await openUntrusting()
  const first = await newDraft(inbox)
  await inbox.api.emails.process({ emailId: first.emailId })
  await app.drain()
  expect((await inbox.draft(first.id)).status).toBe('superseded')
  const { draft } = await inbox.email(first.emailId)
  await inbox.api.drafts.approve({ draftId: draft?.id ?? '', version: 1 })
  expect(await standingOf(inbox, ada)).toBeUndefined()
})

test('words that are not the agent’s first ones earn nothing, whatever else is known of them', async () => {
  const inbox = await openUntrusting()
  const edited = await inbox.api.drafts.edit({ ...versionOf(await newDraft(inbox)), body: 'No.' })
  await app.db.deleteFrom('trustDecisions').where('userId', '=', inbox.userId).execute()
  await inbox.api.drafts.approve(versionOf(edited))
  expect(await standingOf(inbox, ada)).toBeUndefined()
})

test('a draft that came back from sending, and is edited then, takes back what its approval earned', async () => {
  const inbox = await openUntrusting()
  const draft = await newDraft(inbox)
  await inbox.api.drafts.approve(versionOf(draft))
  await app.db.updateTable('drafts').set({ status: 'pending' }).where('id', '=', draft.id).execute()
  await inbox.api.drafts.edit({ ...versionOf(draft), body: 'No.' })
  expect(await standingOf(inbox, ada)).toMatchObject({ approvals: 0, missing: 5 })
})

test('approvals of 91 days ago count no more', async () => {
  const inbox = await openAutomatic(app)
  app.clock.advance(89 * dayMs)
  expect(await withheldFor(inbox)).toEqual([])
  app.clock.advance(2 * dayMs)
  expect(await withheldFor(inbox)).toEqual(both)
  expect(await standingOf(inbox, ada)).toBeUndefined()
})

test.each(['classify', 'generate'] as const)('another model to %s starts anew', async (task) => {
  const inbox = await openAutomatic(app, { trustApprovals: 2 })
  expect(await withheldFor(inbox)).toEqual([])
  ids[task] = 'another model'
  expect(await withheldFor(inbox)).toEqual(both)
  for (let n = 0; n < 2; n++) await approveNew(inbox)
  expect(await withheldFor(inbox)).toEqual([])
})

test('other prompts start anew', async () => {
  const inbox = await openUntrusting({ trustApprovals: 1 })
  await approveNew(inbox)
  const ours = () => app.db.selectFrom('trustDecisions').where('userId', '=', inbox.userId).select('agentVersion')
  const agentVersion = `${promptVersion} a model a model`
  expect(await ours().execute()).toEqual([{ agentVersion }, { agentVersion }])
  expect(await withheldFor(inbox)).toEqual([])
  await app.db
    .updateTable('trustDecisions')
    .set({ agentVersion: agentVersion.replace(promptVersion, '2020-01-1') })
    .where('userId', '=', inbox.userId)
    .execute()
  expect(await withheldFor(inbox)).toEqual(both)
})

test('what another owner approved counts for nothing', async () => {
  const [mara, other] = [await openUntrusting(), await openAutomatic(app)]
  expect(await withheldFor(mara)).toEqual(both)
  await other.api.drafts.reject(versionOf(await newDraft(other)))
  await earnTrust(app, mara)
  expect(await withheldFor(mara)).toEqual([])
})

test('decisions made at the same moment are all counted, and one of two about the same draft', async () => {
  const inbox = await openUntrusting()
  const drafts = []
  for (let n = 0; n < 5; n++) drafts.push(versionOf(await newDraft(inbox)))
  await Promise.all(drafts.map((draft) => inbox.api.drafts.approve(draft)))
  expect(await standingOf(inbox, ada)).toMatchObject({ approvals: 5, missing: 0 })

  const draft = versionOf(await newDraft(inbox))
  const { approve, reject } = inbox.api.drafts
  const [approved] = await Promise.allSettled([approve(draft), reject(draft)])
  const expected = approved.status === 'fulfilled' ? { approvals: 6, lastTakenBackAt: null } : { approvals: 0 }
  expect(await standingOf(inbox, ada)).toMatchObject(expected)
})
