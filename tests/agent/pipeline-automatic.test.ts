import { afterAll, afterEach, expect, test } from 'vitest'
import { hookSteps } from '../../server/step.ts'
import type { ReasonCode, UpdateSettingsInput } from '../../shared-types/index.ts'
import { createAutomaticApp, openAutomatic } from '../support/automatic.ts'

const app = await createAutomaticApp()
const cautious = await createAutomaticApp({ autoSendEnabled: false })
afterAll(() => Promise.all([app[Symbol.asyncDispose](), cautious[Symbol.asyncDispose]()]))
afterEach(() => hookSteps(undefined))

test('a reply that meets every condition is approved in the agent’s name', async () => {
  const inbox = await openAutomatic(app)
  const { status, draft } = await inbox.receive()
  expect({ status, draft: draft?.status }).toEqual({ status: 'approved', draft: 'approved' })
})

const withheld: [UpdateSettingsInput, ReasonCode, string][] = [
  [{ autonomy: 'ask' }, 'AUTONOMY_OFF', 'Automatic sending is off.'],
  [{ sendingPaused: true }, 'SENDING_PAUSED', 'You have paused automatic sending.'],
  [{ minimumEarlierMessages: 3 }, 'HARDLY_WRITTEN_TO', 'You have hardly written to this person before.'],
  [{ minimumConfidence: 0.96 }, 'UNCERTAIN', 'The classification is not certain enough.'],
  [
    { deniedCorrespondents: ['ada@engine.example'] },
    'CORRESPONDENT_EXCLUDED',
    'You do not let this person be answered automatically.',
  ],
  [
    { allowedCorrespondents: ['bob@engine.example'] },
    'CORRESPONDENT_EXCLUDED',
    'You do not let this person be answered automatically.',
  ],
]

test.each(withheld)('with %o it is asked about, and only for that reason', async (settings, code, text) => {
  const inbox = await openAutomatic(app, settings)
  const { id, status, draft } = await inbox.receive()
  expect({ status, draft: draft?.status }).toEqual({ status: 'needs_review', draft: 'pending' })
  expect((await inbox.draft(draft?.id ?? '')).reasons).toEqual([{ code, text }])
  expect((await inbox.email(id)).reasons).toContainEqual({ code, text })
  expect(await inbox.outbox()).toEqual([])
  expect(await inbox.notifications()).toEqual(['draft_ready'])
})

test('what is switched off after the reply was reviewed, and before it is put among the sends, is off', async () => {
  const inbox = await openAutomatic(app)
  hookSteps({
    async before(name) {
      if (name === 'settle-run') await inbox.api.settings.update({ sendingPaused: true })
    },
  })
  const { status, draft } = await inbox.receive()
  expect({ status, draft: draft?.status }).toEqual({ status: 'needs_review', draft: 'pending' })
  expect((await inbox.draft(draft?.id ?? '')).reasons).toMatchObject([{ code: 'SENDING_PAUSED' }])
  expect(await inbox.outbox()).toEqual([])
})

test('settings that allow more do not withhold', async () => {
  const inbox = await openAutomatic(app, {
    minimumEarlierMessages: 1,
    minimumConfidence: 0.5,
    allowedCorrespondents: ['ada@engine.example'],
    deniedCorrespondents: ['bob@engine.example'],
  })
  expect((await inbox.receive()).status).toBe('approved')
})

test('a reply that promises work is asked about; what stands in the owner’s signature promises nothing', async () => {
  await using promising = await createAutomaticApp({}, 'Dear Ada,\n\nI will check and call you.\n\nMara')
  const { draft } = await (await openAutomatic(promising)).receive()
  const { reasons } = await promising.db
    .selectFrom('drafts')
    .where('id', '=', draft?.id ?? '')
    .select('reasons')
    .executeTakeFirstOrThrow()
  expect(reasons).toMatchObject([{ code: 'PROMISES_WORK' }])

  const inbox = await openAutomatic(app, { signature: 'Mara\nWe will call you back within a day.' })
  expect(await inbox.receive()).toMatchObject({ status: 'approved' })
})

test('without the operator’s word no owner’s reply goes out by itself', async () => {
  const inbox = await openAutomatic(cautious)
  const { draft } = await inbox.receive()
  const { status, reasons } = await inbox.draft(draft?.id ?? '')
  const reason = { code: 'OPERATOR_OFF', text: 'The operator has not enabled automatic sending.' }
  expect({ status, reasons }).toEqual({ status: 'pending', reasons: [reason] })
})
