import { expect, test } from 'vitest'
import { startSandbox } from '../../google-sandbox/sandbox.ts'
import { connect, encodeMail, failureOf, headerIn, mail } from './connect.ts'

const ada = 'ada@example.test'
const bob = 'bob@example.test'

const question = mail({ From: bob, To: ada, Subject: 'Lunch', 'Message-ID': '<q1@example.test>' })
const answerHeaders = {
  To: bob,
  Subject: 'Re: Lunch',
  'In-Reply-To': '<q1@example.test>',
  References: '<q1@example.test>',
  'Message-ID': '<a1@example.test>',
  'X-ReasonFlow-Outbox': 'o-1',
}

test('a draft is sent in its thread exactly once: its id is gone and the message has a new one', async () => {
  await using sandbox = await startSandbox()
  const { gmail } = await connect(sandbox, ada)
  const { threadId } = await sandbox.deliver(ada, question)

  const raw = encodeMail(answerHeaders)
  const created = await gmail.users.drafts.create({ userId: 'me', requestBody: { message: { raw, threadId } } })
  const id = created.data.id!
  expect(created.data.message).toMatchObject({ threadId, labelIds: ['DRAFT'] })
  const updated = await gmail.users.drafts.update({ userId: 'me', id, requestBody: { message: { raw, threadId } } })
  expect(updated.data.id).toBe(id)
  expect(updated.data.message).toMatchObject({ threadId })
  expect(updated.data.message?.id).not.toBe(created.data.message?.id)
  expect((await gmail.users.drafts.get({ userId: 'me', id })).data.message?.id).toBe(updated.data.message?.id)

  const sent = await gmail.users.drafts.send({ userId: 'me', requestBody: { id } })
  expect(sent.data).toMatchObject({ threadId, labelIds: ['SENT'] })
  expect(sent.data.id).not.toBe(updated.data.message?.id)

  const gone = [
    gmail.users.drafts.send({ userId: 'me', requestBody: { id } }),
    gmail.users.drafts.get({ userId: 'me', id }),
    gmail.users.drafts.update({ userId: 'me', id, requestBody: { message: { raw } } }),
    gmail.users.messages.get({ userId: 'me', id: updated.data.message!.id! }),
  ]
  for (const call of gone) expect(await failureOf(call)).toMatchObject({ status: 404, reason: 'notFound' })
  expect((await gmail.users.drafts.list({ userId: 'me' })).data.drafts).toBeUndefined()
  const thread = await gmail.users.threads.get({ userId: 'me', id: threadId })
  expect(thread.data.messages?.map((message) => headerIn(message, 'X-ReasonFlow-Outbox'))).toEqual([undefined, 'o-1'])
})

test.each([
  ['the subject differs', { Subject: 'Dinner' }],
  ['References are missing', { References: '' }],
  ['In-Reply-To names another mail', { 'In-Reply-To': '<other@example.test>' }],
])('a draft does not join the thread it names when %s', async (_, headers) => {
  await using sandbox = await startSandbox()
  const { gmail } = await connect(sandbox, ada)
  const { threadId } = await sandbox.deliver(ada, question)

  const raw = encodeMail({ ...answerHeaders, ...headers })
  const { data } = await gmail.users.drafts.create({ userId: 'me', requestBody: { message: { raw, threadId } } })
  expect(data.message?.threadId).not.toBe(threadId)
})

test('a draft of its own keeps its thread through update and send', async () => {
  await using sandbox = await startSandbox()
  const { gmail } = await connect(sandbox, ada)
  const raw = encodeMail({ To: bob, Subject: 'Hello' })
  const { data } = await gmail.users.drafts.create({ userId: 'me', requestBody: { message: { raw } } })
  const id = data.id!
  await gmail.users.drafts.update({ userId: 'me', id, requestBody: { message: { raw } } })
  await gmail.users.drafts.update({ userId: 'me', id, requestBody: { message: { raw } } })
  const sent = await gmail.users.drafts.send({ userId: 'me', requestBody: { id } })
  expect(sent.data.threadId).toBe(data.message?.threadId)
})

test('sent mail reaches the other account, and the answer comes back into the thread', async () => {
  await using sandbox = await startSandbox()
  const from = await connect(sandbox, ada)
  const to = await connect(sandbox, bob)
  const raw = encodeMail({ From: 'Eve <eve@evil.test>', To: `Bob <${bob}>`, Bcc: 'c@example.test', Subject: 'Plan' })
  const sent = await from.gmail.users.messages.send({ userId: 'me', requestBody: { raw } })

  const [received] = await sandbox.messages(bob)
  expect(received).toMatchObject({ labelIds: ['INBOX', 'UNREAD'] })
  const { data } = await to.gmail.users.messages.get({ userId: 'me', id: received!.id })
  expect(headerIn(data, 'From')).toBe(`"ada" <${ada}>`)
  expect(headerIn(data, 'Bcc')).toBeUndefined()
  expect(headerIn(data, 'Date')).toBeTruthy()
  expect(headerIn(data, 'Authentication-Results')).toContain('dmarc=pass')
  const messageId = headerIn(data, 'Message-ID')!
  expect(messageId).toMatch(/^<.+@mail\.gmail\.com>$/)

  const answer = encodeMail({ To: ada, Subject: 'Re: Plan', 'In-Reply-To': messageId, References: messageId })
  const requestBody = { raw: answer, threadId: received!.threadId }
  const back = await to.gmail.users.messages.send({ userId: 'me', requestBody })
  expect(back.data.threadId).toBe(received!.threadId)
  const thread = await from.gmail.users.threads.get({ userId: 'me', id: sent.data.threadId! })
  expect(thread.data.messages?.map(({ labelIds }) => labelIds?.[0])).toEqual(['SENT', 'INBOX'])
})

test('a Message-ID given by us is kept, or replaced where Gmail does so', async () => {
  for (const rewriteMessageId of [false, true]) {
    await using sandbox = await startSandbox({ rewriteMessageId })
    const { gmail } = await connect(sandbox, ada)
    const raw = encodeMail(answerHeaders)
    const sent = await gmail.users.messages.send({ userId: 'me', requestBody: { raw } })
    const { data } = await gmail.users.messages.get({ userId: 'me', id: sent.data.id! })
    expect(headerIn(data, 'Message-ID') === '<a1@example.test>').toBe(!rewriteMessageId)
  }
})

test('headers of ours are kept, or lost where Gmail drops them', async () => {
  for (const dropHeaders of [[], ['x-reasonflow-outbox']]) {
    await using sandbox = await startSandbox({ dropHeaders })
    const { gmail } = await connect(sandbox, ada)
    const raw = encodeMail(answerHeaders)
    const sent = await gmail.users.messages.send({ userId: 'me', requestBody: { raw } })
    const { data } = await gmail.users.messages.get({ userId: 'me', id: sent.data.id! })
    expect(headerIn(data, 'X-ReasonFlow-Outbox')).toBe(dropHeaders.length > 0 ? undefined : 'o-1')
    expect(headerIn(data, 'In-Reply-To')).toBe('<q1@example.test>')
  }
})

test('threads and lists may show sent mail late', async () => {
  await using sandbox = await startSandbox()
  const { gmail } = await connect(sandbox, ada)
  const { threadId } = await sandbox.deliver(ada, question)
  const countInThread = async () =>
    (await gmail.users.threads.get({ userId: 'me', id: threadId })).data.messages?.length

  sandbox.delaySentVisibility(Infinity)
  await gmail.users.messages.send({ userId: 'me', requestBody: { raw: encodeMail(answerHeaders), threadId } })
  expect(await countInThread()).toBe(1)
  expect((await gmail.users.messages.list({ userId: 'me', q: 'in:sent' })).data.messages).toBeUndefined()
  sandbox.delaySentVisibility(0)
  expect(await countInThread()).toBe(2)
})

test('what is no mail, names an unknown thread or has no recipient is refused', async () => {
  await using sandbox = await startSandbox()
  const { gmail } = await connect(sandbox, ada)
  const create = (message: { raw?: string; threadId?: string }) =>
    failureOf(gmail.users.drafts.create({ userId: 'me', requestBody: { message } }))

  expect(await create({})).toMatchObject({ status: 400, reason: 'invalidArgument' })
  expect(await create({ raw: '!!!' })).toMatchObject({ status: 400 })
  expect(await create({ raw: Buffer.from('no header at all').toString('base64url') })).toMatchObject({ status: 400 })
  expect(await create({ raw: encodeMail({ To: bob }), threadId: 'ffff' })).toMatchObject({ status: 404 })

  const raw = encodeMail({ Subject: 'To nobody' })
  const { data } = await gmail.users.drafts.create({ userId: 'me', requestBody: { message: { raw } } })
  expect(await failureOf(gmail.users.drafts.send({ userId: 'me', requestBody: { id: data.id! } }))).toMatchObject({
    status: 400,
  })
  expect(await sandbox.drafts(ada)).toHaveLength(1)
  await gmail.users.drafts.delete({ userId: 'me', id: data.id! })
  expect(await sandbox.messages(ada)).toEqual([])
})

test('of many sends of one draft at once, one sends it', async () => {
  await using sandbox = await startSandbox()
  const { gmail } = await connect(sandbox, ada)
  await sandbox.addAccount({ email: bob })
  const message = { raw: encodeMail({ To: bob, Subject: 'Once' }) }
  const { data } = await gmail.users.drafts.create({ userId: 'me', requestBody: { message } })

  const send = () => gmail.users.drafts.send({ userId: 'me', requestBody: { id: data.id! } })
  const results = await Promise.allSettled(Array.from({ length: 10 }, send))
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await sandbox.messages(bob)).toHaveLength(1)
})
