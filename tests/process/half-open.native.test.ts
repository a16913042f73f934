import { expect, test, vi } from 'vitest'
import { checkHealth } from '../../server/services/health/health.ts'
import { createWorker } from '../../server/jobs/worker.ts'
import { createTestApp } from '../support/app.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { startProxy } from '../support/database-proxy.ts'
import { haste, outcomes } from '../support/outage.ts'
import { newServerDatabase } from '../support/server-process.ts'

const recovery = { timeout: 180_000, interval: 250 }

test('connections whose other end vanished while a worker is at work are given up, and the work is done', async () => {
  await using place = await newServerDatabase()
  const url = place.url ?? ''
  await using proxy = await startProxy(new URL(url))
  const database = { kind: 'native', url: proxy.url, maxConnections: 4, silenceMs: 2_000 } as const
  await using worker = await createTestApp({ config: { database } })
  await using onlooker = await createTestApp({
    google: worker.google,
    config: { database: { ...database, url }, roles: ['api'] },
  })
  const inbox = await openInbox(onlooker)
  await worker.ctx.jobs.work(createWorker(worker.ctx, worker.handlers))
  for (let count = 0; count < 20; count++) await onlooker.deliver(inbox.owner, { subject: `Question ${count}` })
  await inbox.api.mailboxes.sync({ mailboxId: inbox.mailboxId })
  await vi.waitFor(async () => expect((await outcomes(onlooker, inbox)).drafted).toBeGreaterThan(0), recovery)

  proxy.goDead()
  expect(await checkHealth(worker.ctx)).toMatchObject({
    status: 'degraded',
    checks: { database: { status: 'degraded', detail: 'no answer within 1000 ms' } },
  })
  await onlooker.deliver(inbox.owner, { subject: 'Meanwhile' })
  proxy.comeAlive()

  await vi.waitFor(async () => {
    await haste(onlooker)
    await inbox.api.mailboxes.sync({ mailboxId: inbox.mailboxId })
    expect(await outcomes(onlooker, inbox)).toEqual({ drafted: 21, drafts: 21, told: ['draft_ready'], deadLetters: [] })
  }, recovery)
  expect((await checkHealth(worker.ctx)).status).toBe('ok')
}, 400_000)
