import { expect, test } from 'vitest'
import { startSandbox } from '../../google-sandbox/sandbox.ts'
import { connect, failureOf, mail } from './connect.ts'

const email = 'ada@example.test'

async function open() {
  const sandbox = await startSandbox()
  const { gmail } = await connect(sandbox, email)
  return { sandbox, hand: sandbox.byHand(email), messages: gmail.users.messages, users: gmail.users }
}

test('what the owner does to a message by hand is told in the history, and units are not used', async () => {
  const { sandbox, hand, messages, users } = await open()
  await using _ = sandbox
  const { historyId: startHistoryId } = (await users.getProfile({ userId: 'me' })).data
  const { id } = await sandbox.deliver(email, mail({}))
  const used = sandbox.unitsUsed(email)
  hand.label(id, { add: ['TRASH'], remove: ['INBOX'] })
  hand.delete(id)
  expect(sandbox.unitsUsed(email)).toBe(used)

  const { history } = (await users.history.list({ userId: 'me', startHistoryId: startHistoryId ?? '' })).data
  expect(history?.flatMap(Object.keys).filter((key) => /ed$|Added$/.test(key))).toEqual([
    'messagesAdded',
    'labelsRemoved',
    'labelsAdded',
    'messagesDeleted',
  ])
  expect(await failureOf(messages.get({ userId: 'me', id }))).toMatchObject({ status: 404 })
})

test('a draft written by hand can be discarded or sent, and is gone then', async () => {
  const { sandbox, hand, users } = await open()
  await using _ = sandbox
  const { threadId } = await sandbox.deliver(email, mail({}))
  hand.discardDraft(hand.saveDraft(mail({ Subject: 'No' }), threadId))
  const sent = hand.sendDraft(hand.saveDraft(mail({ Subject: 'Yes', To: 'bob@example.test' }), threadId))

  expect(sent.threadId).toBe(threadId)
  expect(await sandbox.drafts(email)).toEqual([])
  const { messages } = (await users.threads.get({ userId: 'me', id: threadId })).data
  expect(messages?.map(({ labelIds }) => labelIds)).toEqual([['INBOX', 'UNREAD'], ['SENT']])
})

test('a label made by hand is among the labels', async () => {
  const { sandbox, hand, users } = await open()
  await using _ = sandbox
  const id = await hand.createLabel('Drawings')
  const { labels } = (await users.labels.list({ userId: 'me' })).data
  expect(labels).toContainEqual(expect.objectContaining({ id, name: 'Drawings' }))
})
