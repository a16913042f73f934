import { expect, test } from 'vitest'
import { openClient } from '../../demo/api.ts'
import { sentenceOf } from '../../demo/failure.ts'
import { startClosingServer } from '../support/closing-server.ts'

const stats = { byStatus: { pending: 1 } }

/** One answer for each procedure of the batch. */
function answerBatch({ url }: { url?: string | undefined }) {
  const procedures = url?.split('?')[0]?.split(',') ?? []
  return procedures.map(() => ({ result: { data: stats } }))
}

test('the demo goes on when a connection is closed as it is used', async () => {
  await using server = await startClosingServer(answerBatch)
  const { api } = openClient(server.url)
  expect(await api.emails.stats.query()).toEqual(stats)
  expect(await api.emails.stats.query()).toEqual(stats)
  expect(server.requests.map(({ connection, isAnswered }) => ({ connection, isAnswered }))).toEqual([
    { connection: 0, isAnswered: true },
    { connection: 0, isAnswered: false },
    { connection: 1, isAnswered: true },
  ])
})

test('a read that is never answered is asked three times, and then the demo says in a sentence what to do', async () => {
  await using server = await startClosingServer(answerBatch, { keeps: 0 })
  const failure: unknown = await openClient(server.url)
    .api.emails.stats.query()
    .catch((error: unknown) => error)
  expect(server.requests).toHaveLength(3)
  expect(sentenceOf(failure)).toMatch(/^GET \/trpc\/emails\.stats got no answer .*npm run demo/)
})

test('what changes something is asked once: nobody knows whether it was done', async () => {
  await using server = await startClosingServer(answerBatch, { keeps: 0 })
  const { api } = openClient(server.url)
  const failure: unknown = await api.auth.logout.mutate({}).catch((error: unknown) => error)
  expect(server.requests.map(({ method }) => method)).toEqual(['POST'])
  expect(sentenceOf(failure)).toMatch(/^POST \/trpc\/auth\.logout got no answer .*npm run demo/)
})

test("Google's redirect is followed once: its code is good for one use, and it stays out of what is printed", async () => {
  await using server = await startClosingServer(answerBatch, { keeps: 0 })
  const { browse } = openClient(server.url)
  const failure: unknown = await browse(`${server.url}/api/v1/auth/gmail/callback?code=one-use`).catch(
    (error: unknown) => error,
  )
  expect(server.requests).toHaveLength(1)
  expect(sentenceOf(failure)).toMatch(/^GET \/api\/v1\/auth\/gmail\/callback got no answer .*npm run demo/)
  expect(sentenceOf(failure)).not.toContain('one-use')
})

test('what went wrong first is what is said, whatever went wrong while everything was put away', () => {
  const first = new Error('The disk is full.', { cause: new Error('ENOSPC') })
  const failure = new SuppressedError(new Error('it did not stop'), first)
  expect(sentenceOf(failure)).toMatch(/^The demo ended early: The disk is full \(ENOSPC\)\. Run it again: npm run demo/)
})
