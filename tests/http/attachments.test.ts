import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../support/app.ts'
import { type Inbox, openInbox } from '../support/connected-inbox.ts'

let app: TestApp
let inbox: Inbox
let emailId: string
let gmailId: string
const pdf = randomBytes(200_000)
const page = '<script>fetch("https://evil.example")</script>'

beforeAll(async () => {
  app = await createTestApp()
  inbox = await openInbox(app)
  const lines = [
    'From: Ada Byron <ada@engine.example>',
    `To: ${inbox.owner.email}`,
    'Subject: Drawings',
    `Message-ID: <${randomUUID()}@engine.example>`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'Here they are.',
    '--b',
    "Content-Type: application/pdf; name*=utf-8''Zeichnung%20%C3%BC.pdf",
    "Content-Disposition: attachment; filename*=utf-8''Zeichnung%20%C3%BC.pdf",
    'Content-Transfer-Encoding: base64',
    '',
    pdf.toString('base64').replace(/.{76}/g, '$&\r\n'),
    '--b',
    'Content-Type: text/html; name="../../page.html"',
    'Content-Disposition: attachment; filename="../../page.html"',
    '',
    page,
    '--b--',
    '',
  ]
  const labels = ['INBOX', 'UNREAD']
  const delivered = await app.google.deliver(inbox.owner.email, lines.join('\r\n'), { labels })
  gmailId = delivered.id
  await inbox.sync()
  emailId = (await inbox.emails())[0]?.id ?? ''
})
afterAll(() => app[Symbol.asyncDispose]())

async function download(path: string, token: string | null = inbox.owner.accessToken, headers: object = {}) {
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` }
  return fetch(`${await app.url()}/api/v1/attachments/${path}`, { headers: { ...authorization, ...headers } })
}

async function reasonOf(response: Response): Promise<unknown> {
  return [response.status, ((await response.json()) as { error: { data: { reason: string } } }).error.data.reason]
}

test('an attachment is downloaded byte for byte, under its own name', async () => {
  expect((await inbox.email(emailId)).attachments.map(({ filename }) => filename)).toEqual([
    'Zeichnung ü.pdf',
    'page.html',
  ])
  const response = await download(`${emailId}/0`)
  expect(response.status).toBe(200)
  expect(Buffer.from(await response.arrayBuffer()).equals(pdf)).toBe(true)
  expect(response.headers.get('content-type')).toBe('application/pdf')
  expect(response.headers.get('content-disposition')).toMatch(
    /^attachment; .*filename\*=UTF-8''Zeichnung%20%C3%BC\.pdf/,
  )
  expect(response.headers.get('cache-control')).toBe('no-store')
})

test('what a browser would run comes as bytes to be saved, with nothing allowed to it', async () => {
  const response = await download(`${emailId}/1`)
  expect(await response.text()).toBe(page)
  expect(response.headers.get('content-type')).toBe('application/octet-stream')
  expect(response.headers.get('content-disposition')).toBe('attachment; filename=page.html')
  expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  expect(response.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
})

test('nobody else gets it, and nobody without a token', async () => {
  const stranger = await openInbox(app)
  expect(await reasonOf(await download(`${emailId}/0`, stranger.owner.accessToken))).toEqual([404, 'NOT_FOUND'])
  expect(await reasonOf(await download(`${emailId}/0`, null))).toEqual([401, 'UNAUTHENTICATED'])
  expect(await reasonOf(await download(`${emailId}/0`, 'made.up.token'))).toEqual([401, 'UNAUTHENTICATED'])
  const cookie = { cookie: `reasonflow_refresh=${inbox.owner.refreshToken}` }
  expect(await reasonOf(await download(`${emailId}/0`, null, cookie))).toEqual([401, 'UNAUTHENTICATED'])
  const elsewhere = await download(`${emailId}/0`, undefined, { origin: 'https://evil.example' })
  expect(await reasonOf(elsewhere)).toEqual([403, 'ORIGIN_NOT_ALLOWED'])
})

test.each(['2', '99', '1000', '-1', '0x0', '%00'])('there is no attachment at the position %s', async (position) => {
  expect(await reasonOf(await download(`${emailId}/${position}`))).toEqual([404, 'NOT_FOUND'])
})

test('a mail that is gone from Gmail, and a mailbox that is not connected, are said to be that', async () => {
  const { owner, mailboxId } = inbox
  const gone = await openInbox(app)
  expect(await reasonOf(await download(`${randomUUID()}/0`, gone.owner.accessToken))).toEqual([404, 'NOT_FOUND'])
  const away = { match: { path: new RegExp(`/messages/${gmailId}$`), email: owner.email }, times: 1 }
  app.google.inject({ ...away, kind: { status: 404, json: { error: { code: 404, message: 'Not Found' } } } })
  expect(await reasonOf(await download(`${emailId}/0`))).toEqual([404, 'NOT_FOUND'])
  await inbox.api.mailboxes.disconnect({ mailboxId, storedMail: 'keep' })
  expect(await reasonOf(await download(`${emailId}/0`))).toEqual([412, 'MAILBOX_DISCONNECTED'])
})
