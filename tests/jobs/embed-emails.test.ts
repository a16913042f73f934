import { afterAll, beforeEach, expect, test } from 'vitest'
import { createOfflineModel } from '../../server/adapters/offline-model/model.ts'
import { UpstreamError } from '../../server/errors.ts'
import { vectorsName } from '../../server/mail/context-line.ts'
import type { Embedder } from '../../server/ports.ts'
import { createTestApp } from '../support/app.ts'
import { type Inbox, openInbox } from '../support/connected-inbox.ts'

const offline = createOfflineModel().embedder
let texts: string[] = []
let failure: Error | undefined
/** The offline embedder, watched, and away when a test says so. */
const embedder: Embedder = {
  modelId: offline.modelId,
  embed(given, purpose, signal) {
    if (failure) return Promise.reject(failure)
    texts.push(...given)
    return offline.embed(given, purpose, signal)
  },
}

const app = await createTestApp({ ports: { embedder } })
afterAll(() => app[Symbol.asyncDispose]())
beforeEach(() => {
  texts = []
  failure = undefined
})

const onlyStored = { autonomy: 'off', classifyOnSync: false } as const

const vectorsOf = ({ userId }: Inbox) =>
  app.db.selectFrom('embeddings').where('userId', '=', userId).select(['emailId', 'modelId']).execute()

test('new mail, received and sent, gets one vector each', async () => {
  const inbox = await openInbox(app, onlyStored)
  await inbox.receive({ subject: 'Received' })
  await inbox.receive({ subject: 'Sent', direction: 'out' })
  await inbox.sync()
  expect(await vectorsOf(inbox)).toHaveLength(2)
  expect(texts).toHaveLength(2)
})

test('a mail is embedded with the line that tells its place', async () => {
  const inbox = await openInbox(app, onlyStored)
  await inbox.receive({ subject: 'Re: Two drawings', text: 'Yes, please.' })
  const [text = ''] = texts
  expect(text).toMatch(/^Reply by Ada Byron to \S+ in the thread “Two drawings”, \d{1,2} \w+ \d{4}\nYes, please\.$/)
  expect(await vectorsOf(inbox)).toMatchObject([{ modelId: vectorsName(offline.modelId) }])
})

test('mail that has its vector is not embedded again', async () => {
  const inbox = await openInbox(app, onlyStored)
  const { id } = await inbox.receive()
  const job = { id: 'again', isLastTry: false, signal: new AbortController().signal }
  await app.handlers['embed-emails']({ ...job, payload: { userId: inbox.userId, emailIds: [id] } })
  expect(texts).toHaveLength(1)
  expect(await vectorsOf(inbox)).toHaveLength(1)
})

test('without an embedder the mail is there all the same, and its vector comes later', async () => {
  const inbox = await openInbox(app, onlyStored)
  failure = new UpstreamError('gemini', 'unavailable', 'Gemini answered 503.')
  expect(await inbox.receive()).toMatchObject({ status: 'pending' })
  expect(await vectorsOf(inbox)).toEqual([])
  failure = undefined
  await app.drainDelayed()
  expect(await vectorsOf(inbox)).toHaveLength(1)
})

test('a long mail is cut between characters, not within one', async () => {
  const inbox = await openInbox(app, onlyStored)
  await inbox.receive({ subject: 'xy', text: '🦉'.repeat(6_000) })
  const [text = ''] = texts
  expect(text.length).toBeLessThanOrEqual(8_000)
  expect(text.isWellFormed()).toBe(true)
})
