import { expect, test } from 'vitest'
import { startSandbox } from '../../google-sandbox/sandbox.ts'
import { connect, failureOf, headerIn, mail } from './connect.ts'

const email = 'ada@example.test'

const withEverything = [
  'From: =?utf-8?Q?M=C3=BCller=2C_J=C3=B6rg?= <joerg@example.test>',
  'To: ada@example.test',
  'Subject: =?utf-8?B?R3LDvMOfZQ==?= from',
  ' the north',
  'Date: Mon, 2 Mar 2026 10:00:00 +0100',
  'Message-ID: <m1@example.test>',
  'X-ReasonFlow-Outbox: o-1',
  'Auto-Submitted: auto-replied',
  'List-Id: <news.example.test>',
  'Authentication-Results: mx.google.com; dmarc=pass header.from=example.test',
  'Content-Type: multipart/mixed; boundary="outer"',
  '',
  '--outer',
  'Content-Type: multipart/alternative; boundary=inner',
  '',
  '--inner',
  'Content-Type: text/plain; charset=iso-8859-1',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'Gr=FC=DFe & more',
  '--inner',
  'Content-Type: text/html; charset=utf-8',
  '',
  '<p>Hi</p>',
  '--inner--',
  '--outer',
  'Content-Type: application/pdf; name="a.pdf"',
  'Content-Disposition: attachment; filename="a.pdf"',
  'Content-Transfer-Encoding: base64',
  '',
  'UERG',
  '--outer--',
  '',
].join('\r\n')

test('the profile names the account, counts its mail and gives a history id', async () => {
  await using sandbox = await startSandbox()
  const { gmail } = await connect(sandbox, email)
  await sandbox.deliver(email, mail({ From: 'x@example.test' }))

  const { data } = await gmail.users.getProfile({ userId: 'me' })
  expect(data).toMatchObject({ emailAddress: email, messagesTotal: 1, threadsTotal: 1 })
  expect(data.historyId).toMatch(/^\d+$/)
})

test('full, metadata and threads.get show every header, decoded', async () => {
  await using sandbox = await startSandbox()
  const { gmail } = await connect(sandbox, email)
  const { id, threadId } = await sandbox.deliver(email, withEverything)

  const reads = [
    (await gmail.users.messages.get({ userId: 'me', id })).data,
    (await gmail.users.messages.get({ userId: 'me', id, format: 'metadata' })).data,
    (await gmail.users.threads.get({ userId: 'me', id: threadId })).data.messages?.[0],
    (await gmail.users.threads.get({ userId: 'me', id: threadId, format: 'metadata' })).data.messages?.[0],
  ]
  for (const message of reads) {
    expect(headerIn(message, 'X-ReasonFlow-Outbox')).toBe('o-1')
    expect(headerIn(message, 'auto-submitted')).toBe('auto-replied')
    expect(headerIn(message, 'list-id')).toBe('<news.example.test>')
    expect(headerIn(message, 'authentication-results')).toContain('dmarc=pass')
    expect(headerIn(message, 'subject')).toBe('Grüße from the north')
    expect(headerIn(message, 'from')).toBe('"Müller, Jörg" <joerg@example.test>')
  }
  const { data } = await gmail.users.messages.get({
    userId: 'me',
    id,
    format: 'metadata',
    metadataHeaders: ['subject', 'X-ReasonFlow-Outbox'],
  })
  expect(data.payload?.headers).toHaveLength(2)
})

test('a full read gives the part tree, its text in UTF-8, and an attachment id that changes', async () => {
  await using sandbox = await startSandbox()
  const { gmail } = await connect(sandbox, email)
  const { id } = await sandbox.deliver(email, withEverything)

  const { data } = await gmail.users.messages.get({ userId: 'me', id })
  expect(data).toMatchObject({
    internalDate: '1772442000000',
    labelIds: ['INBOX', 'UNREAD'],
    snippet: 'Grüße &amp; more',
  })
  expect(data.sizeEstimate).toBe(Buffer.byteLength(withEverything))
  const [alternative, attachment] = data.payload!.parts!
  expect(alternative?.parts?.map(({ partId, mimeType }) => [partId, mimeType])).toEqual([
    ['0.0', 'text/plain'],
    ['0.1', 'text/html'],
  ])
  expect(Buffer.from(alternative!.parts![0]!.body!.data!, 'base64url').toString()).toBe('Grüße & more')
  expect(attachment).toMatchObject({ partId: '1', filename: 'a.pdf', body: { size: 3 } })

  const again = (await gmail.users.messages.get({ userId: 'me', id })).data.payload!.parts![1]!.body!.attachmentId!
  expect(again).not.toBe(attachment!.body!.attachmentId)
  const got = await gmail.users.messages.attachments.get({ userId: 'me', messageId: id, id: again })
  expect(Buffer.from(got.data.data!, 'base64url').toString()).toBe('PDF')
})

test('raw gives back the bytes that came', async () => {
  await using sandbox = await startSandbox()
  const { gmail } = await connect(sandbox, email)
  const { id } = await sandbox.deliver(email, withEverything)

  const { data } = await gmail.users.messages.get({ userId: 'me', id, format: 'raw' })
  expect(Buffer.from(data.raw!, 'base64url').toString()).toBe(withEverything)
  expect(data.payload).toBeUndefined()
  expect(await failureOf(gmail.users.messages.get({ userId: 'me', id: 'ffff' }))).toMatchObject({ status: 404 })
})

const day = (text: string) => new Date(`2026-03-${text}T12:00:00Z`)

test.each([
  ['from:zoe', ['1']],
  ['to:ada subject:"quarterly report"', ['2']],
  ['rfc822msgid:<id-2@example.test>', ['2']],
  ['rfc822msgid:id-2@example.test', ['2']],
  ['after:2026/03/02 before:2026/03/04', ['2']],
  [`after:${day('02').getTime() / 1_000}`, ['4', '2']],
  ['in:sent', ['4']],
  ['-in:sent -from:zoe', ['2']],
  ['in:spam', ['3']],
  ['in:anywhere', ['4', '3', '2', '1']],
  ['{from:zoe subject:report}', ['2', '1']],
  ['from:zoe OR in:sent', ['4', '1']],
  ['is:unread', ['2', '1']],
  ['label:inbox invoice', ['1']],
  ['newer_than:1d', []],
])('the search %s finds %j', async (q, expected) => {
  await using sandbox = await startSandbox()
  const { gmail } = await connect(sandbox, email)
  const send = (number: string, headers: Record<string, string>, body: string, labels?: string[]) =>
    sandbox.deliver(email, mail({ To: email, 'Message-ID': `<id-${number}@example.test>`, ...headers }, body), {
      receivedAt: day(`0${number}`),
      id: number,
      ...(labels && { labels }),
    })
  await send('1', { From: 'Zoe <z@example.test>', Subject: 'Hi' }, 'The invoice')
  await send('2', { From: 'yan@example.test', Subject: 'Quarterly report' }, 'text')
  await send('3', { From: 'spam@example.test' }, 'text', ['SPAM'])
  await send('4', { From: email, To: 'yan@example.test' }, 'text', ['SENT'])

  const { data } = await gmail.users.messages.list({ userId: 'me', q })
  expect((data.messages ?? []).map((message) => message.id)).toEqual(expected)
})

test('lists come in pages, newest first, and new mail shifts no page', async () => {
  await using sandbox = await startSandbox()
  const { gmail } = await connect(sandbox, email)
  for (const id of ['1', '2', '3']) await sandbox.deliver(email, mail({}), { receivedAt: day(`0${id}`), id })

  const first = await gmail.users.messages.list({ userId: 'me', maxResults: 2 })
  await sandbox.deliver(email, mail({}), { receivedAt: day('04'), id: '4' })
  const pageToken = first.data.nextPageToken!
  const second = await gmail.users.messages.list({ userId: 'me', maxResults: 2, pageToken })
  expect([first, second].map(({ data }) => data.messages?.map(({ id }) => id))).toEqual([['3', '2'], ['1']])
  expect(second.data.nextPageToken).toBeUndefined()
})

test('labels are made, put on mail and taken off', async () => {
  await using sandbox = await startSandbox()
  const { gmail } = await connect(sandbox, email)
  const { id } = await sandbox.deliver(email, mail({}))
  const { data: label } = await gmail.users.labels.create({ userId: 'me', requestBody: { name: 'Handled' } })

  await gmail.users.messages.modify({ userId: 'me', id, requestBody: { addLabelIds: [label.id!] } })
  expect((await gmail.users.messages.list({ userId: 'me', q: 'label:handled' })).data.messages).toHaveLength(1)
  expect((await gmail.users.labels.get({ userId: 'me', id: label.id! })).data.messagesTotal).toBe(1)
  const batch = { ids: [id], removeLabelIds: ['UNREAD', label.id!] }
  const answer = await gmail.users.messages.batchModify({ userId: 'me', requestBody: batch })
  expect(answer.status).toBe(204)
  expect((await sandbox.messages(email))[0]?.labelIds).toEqual(['INBOX'])

  const tooMany = { ids: Array.from({ length: 1_001 }, String), addLabelIds: ['STARRED'] }
  const refused = gmail.users.messages.batchModify({ userId: 'me', requestBody: tooMany })
  expect(await failureOf(refused)).toMatchObject({ status: 400 })
  const unknown = gmail.users.messages.modify({ userId: 'me', id, requestBody: { addLabelIds: ['Label_none'] } })
  expect(await failureOf(unknown)).toMatchObject({ status: 400 })
})

test('threads are listed once each, newest first', async () => {
  await using sandbox = await startSandbox()
  const { gmail } = await connect(sandbox, email)
  const question = { Subject: 'Lunch', 'Message-ID': '<q@example.test>' }
  const { threadId } = await sandbox.deliver(email, mail(question), { receivedAt: day('01') })
  const other = await sandbox.deliver(email, mail({ Subject: 'Other' }), { receivedAt: day('02') })
  const answer = { Subject: 'Re: Lunch', References: '<q@example.test>' }
  await sandbox.deliver(email, mail(answer), { receivedAt: day('03') })

  const { data } = await gmail.users.threads.list({ userId: 'me' })
  expect(data.threads?.map(({ id }) => id)).toEqual([threadId, other.threadId])
  const lateSubject = await sandbox.deliver(email, mail({ ...answer, Subject: 'Dinner' }))
  expect(lateSubject.threadId).not.toBe(threadId)
})

test('two mailboxes may hold the same Gmail id', async () => {
  await using sandbox = await startSandbox()
  const ada = await connect(sandbox, email)
  const bob = await connect(sandbox, 'bob@example.test')
  await sandbox.deliver(ada.email, mail({ Subject: 'For Ada' }), { id: '19a' })
  await sandbox.deliver(bob.email, mail({ Subject: 'For Bob' }), { id: '19a' })

  for (const [{ gmail }, subject] of [
    [ada, 'For Ada'],
    [bob, 'For Bob'],
  ] as const) {
    expect(headerIn((await gmail.users.messages.get({ userId: 'me', id: '19a' })).data, 'Subject')).toBe(subject)
  }
})
