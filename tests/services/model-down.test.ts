import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { Draft } from '../../shared-types/index.ts'
import { checkHealth } from '../../server/services/health/health.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { type Inbox, openInbox } from '../support/connected-inbox.ts'
import { failing } from '../support/gemini-server.ts'
import { startModelServer } from '../support/model-server.ts'
import { goodGemini } from '../support/good-gemini.ts'

const stack = new AsyncDisposableStack()
const gemini = stack.use(await startModelServer(goodGemini))
afterAll(() => stack.disposeAsync())
let app: TestApp
let inbox: Inbox
let draft: Draft

beforeAll(async () => {
  const { baseUrl } = gemini
  const model = {
    provider: 'gemini',
    apiKey: 'k',
    model: 'gemini-3.5-flash-lite',
    classifyModel: 'gemini-3.5-flash-lite',
    embeddingModel: 'e',
    baseUrl,
  } as const
  app = stack.use(await createTestApp({ config: { model } }))
  inbox = await openInbox(app)
  draft = await inbox.newDraft({ subject: 'Written on a good day', text: 'How much is it?' })
})
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

const asked = (since: number) => gemini.requests.length - since

test('with the model down mail still comes in, is found and reviewed, and Gemini is left alone until it is back', async () => {
  gemini.behave(failing(503, 'UNAVAILABLE'))
  const before = gemini.requests.length
  for (let count = 0; count < 12; count += 1) await app.deliver(inbox.owner, { subject: `During the outage ${count}` })
  await inbox.sync()
  expect(await inbox.emails()).toHaveLength(13)
  const askedUntilOpen = asked(before)
  expect(askedUntilOpen).toBeLessThanOrEqual(10)

  const { status, checks } = await checkHealth(app.ctx)
  expect(status).toBe('degraded')
  expect(checks.gemini).toMatchObject({
    status: 'degraded',
    detail: expect.stringContaining('Gemini is not asked since'),
  })
  const found = await inbox.api.emails.list({ search: 'outage', limit: 100 })
  expect(found.items).toHaveLength(12)
  const { id: draftId, version } = await inbox.draft(draft.id)
  const edited = await inbox.api.drafts.edit({ draftId, version, body: 'In my own words.' })
  await inbox.api.drafts.approve({ draftId, version: edited.version })
  await app.drainDelayed()
  expect(await inbox.sent()).toHaveLength(1)
  expect(asked(before)).toBe(askedUntilOpen)

  vi.setSystemTime(Date.now() + 30_000)
  await app.drainDelayed()
  expect(asked(before)).toBe(askedUntilOpen + 1)
  expect((await checkHealth(app.ctx)).checks.gemini.status).toBe('degraded')

  gemini.behave(goodGemini)
  vi.setSystemTime(Date.now() + 30_000)
  for (let round = 0; round < 3; round += 1) await app.drainDelayed()
  expect((await checkHealth(app.ctx)).checks.gemini).toEqual({ status: 'ok', detail: 'gemini-3.5-flash-lite' })
  const { items } = await inbox.api.emails.list({ search: 'outage', limit: 100 })
  expect(items.map((mail) => [mail.status, mail.draft?.status])).toEqual(items.map(() => ['needs_review', 'pending']))
})
