import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { createOfflineModel } from '../../server/adapters/offline-model/model.ts'
import { UpstreamError } from '../../server/errors.ts'
import { enqueueDueVectors } from '../../server/jobs/due-vectors.ts'
import { vectorsName } from '../../server/mail/context-line.ts'
import type { Embedder } from '../../server/ports.ts'
import { createTestApp } from '../support/app.ts'
import { type Inbox, openInbox, sweep } from '../support/connected-inbox.ts'

const offline = createOfflineModel().embedder
let modelId = offline.modelId
let asked: number[] = []
let refuses: (texts: readonly string[]) => Error | undefined
/** The offline embedder, watched; it may be away, choosy, or another one from now on. */
const embedder: Embedder = {
  get modelId() {
    return modelId
  },
  embed(texts, purpose, signal) {
    asked.push(texts.length)
    const refusal = refuses(texts)
    return refusal ? Promise.reject(refusal) : offline.embed(texts, purpose, signal)
  },
}

const app = await createTestApp({ ports: { embedder } })
afterAll(() => app[Symbol.asyncDispose]())
beforeEach(() => {
  asked = []
  refuses = () => undefined
})

const away = () => new UpstreamError('gemini', 'unavailable', 'Gemini answered 503.')
const minutes = 60_000
const open = () => openInbox(app, { autonomy: 'off', classifyOnSync: false })

async function vectorsOf({ userId }: Inbox, model = modelId): Promise<number> {
  const rows = await app.db
    .selectFrom('embeddings')
    .where('userId', '=', userId)
    .where('modelId', '=', vectorsName(model))
    .select('emailId')
    .execute()
  return rows.length
}

async function loseJobs({ userId }: Inbox): Promise<number> {
  const { rows } = await sql`
    delete from pgboss.job where name = 'embed-emails' and data->>'userId' = ${userId} returning id`.execute(app.db)
  return rows.length
}

async function dueAt({ userId }: Inbox): Promise<number> {
  const row = await app.db
    .selectFrom('vectorsDue')
    .where('userId', '=', userId)
    .select('dueAt')
    .executeTakeFirstOrThrow()
  return Date.parse(row.dueAt)
}

test('a mail whose job was lost gets its vector when it is overdue, and nobody asks for it again', async () => {
  const inbox = await open()
  refuses = away
  await inbox.receive()
  await loseJobs(inbox)
  refuses = () => undefined
  asked = []
  app.clock.advance(9 * minutes)
  await sweep(app)
  expect([await vectorsOf(inbox), asked]).toEqual([0, []])

  app.clock.advance(2 * minutes)
  await sweep(app)
  expect([await vectorsOf(inbox), asked]).toEqual([1, [1]])
  app.clock.advance(24 * 60 * minutes)
  await sweep(app)
  expect(asked).toEqual([1])
})

test('while the embedder is away for long it is asked for a mail ever more rarely, at last once a day', async () => {
  const inbox = await open()
  refuses = away
  await inbox.receive()
  const pauses: number[] = []
  let due = await dueAt(inbox)
  for (let times = 0; times < 7; times++) {
    await loseJobs(inbox)
    app.clock.advance(due - app.clock.now().getTime())
    await enqueueDueVectors(app.ctx)
    expect(await loseJobs(inbox)).toBe(1)
    await enqueueDueVectors(app.ctx)
    expect(await loseJobs(inbox)).toBe(0)
    const next = await dueAt(inbox)
    pauses.push(Math.round((next - due) / minutes))
    due = next
  }
  expect(pauses).toEqual([10, 30, 90, 270, 810, 1440, 1440])
})

test('after a change of the model the mail that is there gets vectors of the new one', async () => {
  const inbox = await open()
  await inbox.receive()
  await inbox.receive()
  await sweep(app)
  modelId = 'another-model'
  expect(await vectorsOf(inbox)).toBe(0)
  asked = []
  await sweep(app)
  expect(await vectorsOf(inbox)).toBe(2)
  expect(await vectorsOf(inbox, offline.modelId)).toBe(2)
  modelId = offline.modelId
})

test('after a change of what is embedded the mail that is there is embedded anew', async () => {
  const inbox = await open()
  await inbox.receive()
  // As stored by a version that gave the model something else.
  const old = { modelId: `${modelId} placed-0` }
  await app.db.updateTable('embeddings').set(old).where('userId', '=', inbox.userId).execute()
  await app.db.updateTable('mailboxes').set({ vectorsModel: old.modelId }).where('userId', '=', inbox.userId).execute()
  expect(await vectorsOf(inbox)).toBe(0)
  await sweep(app)
  expect(await vectorsOf(inbox)).toBe(1)
})

test('a mail that the embedder refuses takes no vector from the others of its job', async () => {
  const inbox = await open()
  refuses = (texts) =>
    texts.some((text) => text.includes('poison'))
      ? new UpstreamError('gemini', 'rejected', 'Gemini rejected the request (400).')
      : undefined
  for (const subject of ['one', 'poison', 'two']) await app.deliver(inbox.owner, { subject })
  await inbox.sync()
  expect(await vectorsOf(inbox)).toBe(2)
  expect(asked).toEqual([3, 1, 1, 1])
})
