import { expect, test } from 'vitest'
import { faultMatrix } from '../../google-sandbox/sandbox.ts'
import { connectGoogle } from '../support/google-account.ts'

const topic = 'projects/reasonflow/topics/gmail'

test('a watch tells when it ends, and may be repeated', async () => {
  await using google = await connectGoogle()
  for (let times = 0; times < 2; times++) {
    const { expiresAt } = await google.mailboxWatch.watch(google.ref, topic)
    expect((expiresAt.getTime() - Date.now()) / 3_600_000).toBeCloseTo(7 * 24, 1)
  }
  expect(google.requests(/\/watch$/, 'POST')).toHaveLength(2)
})

test('a watch that was stopped tells nobody any more, and may be stopped again', async () => {
  await using google = await connectGoogle()
  const { mailboxWatch, ref, email, sandbox } = google
  const subscription = sandbox.subscribe(topic, { endpoint: sandbox.url, audience: 'us', serviceAccount: 'push' })
  subscription.hold()
  await mailboxWatch.watch(ref, topic)
  await sandbox.deliver(email, 'Subject: told\r\n\r\n')
  await mailboxWatch.stop(ref)
  await mailboxWatch.stop(ref)
  await sandbox.deliver(email, 'Subject: not told\r\n\r\n')
  expect(subscription.backlog).toBe(1)
})

test('a topic that Gmail does not take is refused for good', async () => {
  await using google = await connectGoogle()
  const watch = google.mailboxWatch.watch(google.ref, 'gmail')
  await expect(watch).rejects.toMatchObject({ vendor: 'gmail', kind: 'rejected' })
  expect(google.requests(/\/watch$/)).toHaveLength(1)
})

test.each(['unavailable', 'answerLost', 'truncatedJson', 'reset'] as const)(
  'a watch whose first try ends as %s is tried again',
  async (fault) => {
    await using google = await connectGoogle()
    google.sandbox.inject({ match: { path: /\/watch$/ }, kind: faultMatrix[fault] })
    await google.mailboxWatch.watch(google.ref, topic)
    expect(google.requests(/\/watch$/)).toHaveLength(2)
  },
)

test('an answer without an end is no watch', async () => {
  await using google = await connectGoogle()
  google.sandbox.inject({ match: { path: /\/watch$/ }, kind: { status: 200, json: { historyId: '1' } }, times: 3 })
  await expect(google.mailboxWatch.watch(google.ref, topic)).rejects.toMatchObject({ kind: 'bad_answer' })
})
