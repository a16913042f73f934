import { expect, test } from 'vitest'
import { startSandbox } from '../../google-sandbox/sandbox.ts'
import { connect, failureOf, mail } from './connect.ts'

const email = 'ada@example.test'

async function startAtCursor() {
  const sandbox = await startSandbox()
  const person = await connect(sandbox, email)
  const { data } = await person.gmail.users.getProfile({ userId: 'me' })
  return { sandbox, gmail: person.gmail, startHistoryId: data.historyId! }
}

test('history tells what came, changed and went, in order and in pages', async () => {
  const { sandbox, gmail, startHistoryId } = await startAtCursor()
  await using _ = sandbox
  const { id } = await sandbox.deliver(email, mail({}))
  await gmail.users.messages.modify({ userId: 'me', id, requestBody: { removeLabelIds: ['UNREAD'] } })
  await gmail.users.messages.modify({ userId: 'me', id, requestBody: { addLabelIds: ['STARRED'] } })

  const first = await gmail.users.history.list({ userId: 'me', startHistoryId, maxResults: 2 })
  const pageToken = first.data.nextPageToken!
  const second = await gmail.users.history.list({ userId: 'me', startHistoryId, maxResults: 2, pageToken })
  const records = [...first.data.history!, ...second.data.history!]
  expect(records[0]?.messagesAdded?.[0]?.message).toMatchObject({ id, labelIds: ['INBOX', 'UNREAD'] })
  expect(records[1]?.labelsRemoved?.[0]).toMatchObject({ message: { id }, labelIds: ['UNREAD'] })
  expect(records[2]?.labelsAdded?.[0]).toMatchObject({ message: { id }, labelIds: ['STARRED'] })
  expect(second.data.nextPageToken).toBeUndefined()

  const ids = [startHistoryId, ...records.map((record) => record.id!)].map(BigInt)
  expect(ids.every((value, index) => index === 0 || value > ids[index - 1]!)).toBe(true)
  expect(second.data.historyId).toBe(records[2]?.id)
})

test('without news there is no history, and a type or label narrows it', async () => {
  const { sandbox, gmail, startHistoryId } = await startAtCursor()
  await using _ = sandbox
  expect((await gmail.users.history.list({ userId: 'me', startHistoryId })).data).toEqual({ historyId: startHistoryId })

  const { id } = await sandbox.deliver(email, mail({}))
  await sandbox.deliver(email, mail({}), { labels: ['SPAM'] })
  await gmail.users.messages.modify({ userId: 'me', id, requestBody: { addLabelIds: ['STARRED'] } })
  const list = async (narrow: { historyTypes?: string[]; labelId?: string }) =>
    (await gmail.users.history.list({ userId: 'me', startHistoryId, ...narrow })).data.history
  expect(await list({ historyTypes: ['messageAdded'] })).toHaveLength(2)
  expect(await list({ historyTypes: ['messageAdded', 'labelAdded'] })).toHaveLength(3)
  expect(await list({ historyTypes: ['messageAdded'], labelId: 'INBOX' })).toHaveLength(1)
})

test('ids that are too old, invented or garbage answer 404', async () => {
  const { sandbox, gmail, startHistoryId } = await startAtCursor()
  await using _ = sandbox
  await sandbox.deliver(email, mail({}))
  sandbox.expireHistory(email)

  for (const id of [startHistoryId, '1', 'abc', '99999999999999999999']) {
    const failure = await failureOf(gmail.users.history.list({ userId: 'me', startHistoryId: id }))
    expect(failure).toMatchObject({ status: 404, reason: 'notFound' })
  }
  const { data } = await gmail.users.getProfile({ userId: 'me' })
  await gmail.users.history.list({ userId: 'me', startHistoryId: data.historyId! })
})

test('watch lasts seven days and tells the present history id', async () => {
  const { sandbox, gmail, startHistoryId } = await startAtCursor()
  await using _ = sandbox
  const { data } = await gmail.users.watch({ userId: 'me', requestBody: { topicName: 'projects/p/topics/t' } })

  expect(data.historyId).toBe(startHistoryId)
  expect(Number(data.expiration) - Date.now()).toBeGreaterThan(6.9 * 24 * 3_600_000)
  await gmail.users.stop({ userId: 'me' })
})
