import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { createTestApp } from '../support/app.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

async function waiting(userId: string): Promise<{ name: string; data: object }[]> {
  const { rows } = await sql<{ name: string; data: object }>`
    select name, data from pgboss.job where data->>'userId' = ${userId} and state = 'created'`.execute(app.db)
  return rows
}

test('a job is there when its transaction commits', async () => {
  const payload = { userId: randomUUID(), traceId: randomUUID() }
  const id = await app.db.transaction().execute((trx) => app.ctx.jobs.enqueue(trx, 'process-email', payload))
  expect(id).toMatch(/^[0-9a-f-]{36}$/)
  expect(await waiting(payload.userId)).toEqual([{ name: 'process-email', data: payload }])
})

test('a rollback takes its job with it', async () => {
  const payload = { userId: randomUUID(), outboxId: randomUUID() }
  const rolledBack = app.db.transaction().execute(async (trx) => {
    await app.ctx.jobs.enqueue(trx, 'dispatch-outbox', payload)
    throw new Error('never mind')
  })
  await expect(rolledBack).rejects.toThrow('never mind')
  expect(await waiting(payload.userId)).toEqual([])
})

test.each([
  ['sync-mailbox', 'mailboxId'],
  ['process-email', 'traceId'],
  ['dispatch-outbox', 'outboxId'],
] as const)('%s waits once for each %s, however often it is asked for', async (name, key) => {
  const userId = randomUUID()
  const enqueue = (id: string) =>
    app.db.transaction().execute((trx) => app.ctx.jobs.enqueue(trx, name, { userId, [key]: id } as never))
  const [one, other] = [randomUUID(), randomUUID()]
  const first = await enqueue(one)
  expect(await enqueue(one)).toBe(first)
  expect(await enqueue(other)).not.toBe(first)
  expect(await waiting(userId)).toHaveLength(2)
})

test('a job carries ids and nothing else', async () => {
  const { rows } = await sql<{ data: object }>`select data from pgboss.job where data->>'userId' is not null`.execute(
    app.db,
  )
  for (const { data } of rows) for (const value of Object.values(data)) expect(String(value)).toMatch(/^[0-9a-f-]{36}$/)
})
