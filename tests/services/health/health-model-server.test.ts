import { expect, test } from 'vitest'
import { createOfflineModel } from '../../../server/adapters/offline-model/model.ts'
import { notePause } from '../../../server/db/system/circuit-pauses.ts'
import { checkHealth } from '../../../server/services/health/health.ts'
import { createTestApp } from '../../support/app.ts'

test('a server that speaks OpenAI’s HTTP has a check of its own, and without a model for vectors words are compared', async () => {
  const names = { model: 'large', classifyModel: 'large', embeddingModel: null }
  const model = { provider: 'openai', apiKey: null, baseUrl: 'http://127.0.0.1:1/v1', ...names } as const
  await using app = await createTestApp({ config: { model } })
  expect((await checkHealth(app.ctx)).checks).toMatchObject({
    gemini: { status: 'off', detail: 'MODEL_PROVIDER=openai' },
    openai: { status: 'ok', detail: 'large' },
  })
  await notePause(app.db, 'openai', 60_000)
  expect(await checkHealth(app.ctx)).toMatchObject({
    status: 'degraded',
    checks: {
      openai: { status: 'degraded', detail: expect.stringMatching(/^The model server is not asked/) as string },
    },
  })
  expect(app.ctx.embedder).toBe(createOfflineModel().embedder)
})
