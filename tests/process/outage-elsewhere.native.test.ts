import { expect, test, vi } from 'vitest'
import { checkHealth } from '../../server/services/health/health.ts'
import { failing } from '../support/gemini-server.ts'
import { goodGemini } from '../support/good-gemini.ts'
import { haste, outcomes, startAtWork } from '../support/outage.ts'

const recovery = { timeout: 120_000, interval: 500 }

test('a process that only answers requests tells that the workers elsewhere leave Gemini alone, until they do not', async () => {
  await using work = await startAtWork()
  const { app, gemini, inbox } = work
  const told = async () => (await checkHealth(app.ctx)).checks.gemini
  await vi.waitFor(async () => expect((await checkHealth(app.ctx)).status).toBe('ok'), recovery)

  gemini.behave(failing(503, 'UNAVAILABLE'))
  await work.receive(12)
  await vi.waitFor(async () => {
    expect(await told()).toMatchObject({
      status: 'degraded',
      detail: expect.stringContaining('Gemini is not asked since') as string,
    })
  }, recovery)

  gemini.behave(goodGemini)
  await vi.waitFor(async () => {
    await haste(app)
    expect(await outcomes(app, inbox)).toEqual({ drafted: 12, drafts: 12, told: ['draft_ready'], deadLetters: [] })
  }, recovery)
  expect(await told()).toMatchObject({ status: 'ok' })
}, 240_000)

test('when the last worker is gone, health says that nothing is worked on', async () => {
  await using work = await startAtWork()
  work.server.kill('SIGTERM')
  await work.server.ended
  expect((await checkHealth(work.app.ctx)).checks.queue).toEqual({
    status: 'degraded',
    detail: 'no worker is running: nothing is read, drafted or sent',
  })
})
