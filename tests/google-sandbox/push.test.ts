import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { startSandbox } from '../../google-sandbox/sandbox.ts'
import { connect, mail, newClient } from './connect.ts'

const email = 'ada@example.test'
const topicName = 'projects/p/topics/t'
const target = { audience: 'https://us.example/push', serviceAccount: 'push@p.iam.gserviceaccount.com' }

/** A watched mailbox, and the subscriber of its topic, who answers as told. */
async function startWatched() {
  await using stack = new AsyncDisposableStack()
  const sandbox = stack.use(await startSandbox())
  const pushes: { token: string; data: { emailAddress: string; historyId: string }; messageId: string }[] = []
  const answers = { status: 204 }
  async function receive(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { message } = JSON.parse(Buffer.concat(await req.toArray()).toString())
    const data = JSON.parse(Buffer.from(message.data as string, 'base64').toString())
    pushes.push({ token: req.headers.authorization ?? '', data, messageId: message.messageId })
    res.writeHead(answers.status).end()
  }
  const server = createServer((req, res) => void receive(req, res)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  stack.defer(() => void server.close())
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/push`
  const subscription = sandbox.subscribe(topicName, { endpoint, ...target })
  const { gmail } = await connect(sandbox, email)
  await gmail.users.watch({ userId: 'me', requestBody: { topicName } })
  const deliver = () => sandbox.deliver(email, mail({ From: 'x@example.test' }))
  const owned = stack.move()
  return { sandbox, gmail, subscription, pushes, answers, deliver, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

test('a change in a watched mailbox is pushed with a token that Google’s certificates vouch for', async () => {
  await using watched = await startWatched()
  const { sandbox, gmail, subscription, pushes, deliver } = watched
  await deliver()
  await subscription.settled()
  const { data: profile } = await gmail.users.getProfile({ userId: 'me' })
  expect(pushes.map(({ data }) => data)).toEqual([{ emailAddress: email, historyId: profile.historyId }])
  const idToken = pushes[0]!.token.replace('Bearer ', '')
  const ticket = await newClient(sandbox).verifyIdToken({ idToken, audience: target.audience })
  expect(ticket.getPayload()).toMatchObject({ email: target.serviceAccount, email_verified: true })
})

test('a mailbox that watches another topic, or nothing any more, pushes nothing', async () => {
  await using watched = await startWatched()
  const { gmail, subscription, pushes, deliver } = watched
  await gmail.users.watch({ userId: 'me', requestBody: { topicName: 'projects/p/topics/other' } })
  await deliver()
  await gmail.users.stop({ userId: 'me' })
  await deliver()
  await subscription.settled()
  expect(pushes).toEqual([])
})

test('a push that is not acknowledged comes again, as the same message', async () => {
  await using watched = await startWatched()
  const { subscription, pushes, answers, deliver } = watched
  answers.status = 503
  await deliver()
  await subscription.settled()
  expect(subscription.backlog).toBe(1)
  answers.status = 204
  expect(await subscription.deliver()).toEqual([204])
  expect(subscription.backlog).toBe(0)
  expect(new Set(pushes.map(({ messageId }) => messageId)).size).toBe(1)
})

test('held pushes come as often as asked for, and in no order', async () => {
  await using watched = await startWatched()
  const { subscription, pushes, deliver } = watched
  subscription.hold()
  for (let mails = 0; mails < 20; mails++) await deliver()
  expect(pushes).toEqual([])
  expect(await subscription.deliver({ copies: 3 })).toHaveLength(60)
  const ids = pushes.map(({ data }) => data.historyId)
  expect(new Set(ids).size).toBe(20)
  expect(ids).not.toEqual(ids.toSorted())
})
