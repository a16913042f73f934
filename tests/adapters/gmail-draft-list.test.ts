import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { connectGoogle, rawMail } from '../support/google-account.ts'

const soon = () => new Date(Date.now() + 60_000)

/** Files a draft of this account; answers its id. */
async function newDraft(
  { mailSender, ref, sandbox, email }: Awaited<ReturnType<typeof connectGoogle>>,
  headers: Record<string, string>,
  text = 'Yes, gladly.',
) {
  const { threadId } = await sandbox.deliver(email, rawMail({ 'Message-ID': `<${randomUUID()}@example.com>` }))
  return mailSender.createGmailDraft(ref, { threadId, raw: Buffer.from(rawMail({ From: email, ...headers }, text)) })
}

test('of all drafts those with our header are listed, with what they say', async () => {
  await using google = await connectGoogle()
  const outboxId = randomUUID()
  await newDraft(google, {}, 'My own')
  const gmailDraftId = await newDraft(google, { 'x-reasonflow-outbox': outboxId })
  const found = await google.mailSender.listGmailDrafts(google.ref, soon())
  expect(found.map(({ text, ...rest }) => ({ ...rest, text: text.trim() }))).toEqual([
    { gmailDraftId, outboxId, text: 'Yes, gladly.' },
  ])
})

test('a draft that changed since is left out, and so is one that is gone by then', async () => {
  await using google = await connectGoogle()
  const gone = await newDraft(google, { 'X-ReasonFlow-Outbox': randomUUID() })
  expect(await google.mailSender.listGmailDrafts(google.ref, new Date(Date.now() - 60_000))).toEqual([])
  const path = new RegExp(`/drafts/${gone}$`)
  google.sandbox.inject({ match: { path, method: 'GET' }, kind: { status: 404, reason: 'notFound' } })
  expect(await google.mailSender.listGmailDrafts(google.ref, soon())).toEqual([])
})

test('a list is one call and one a draft', async () => {
  await using google = await connectGoogle()
  for (let n = 0; n < 3; n++) await newDraft(google, { 'X-ReasonFlow-Outbox': randomUUID() })
  const before = google.sandbox.unitsUsed(google.email)
  expect(await google.mailSender.listGmailDrafts(google.ref, soon())).toHaveLength(3)
  expect(google.sandbox.unitsUsed(google.email) - before).toBe(4 * 5)
})
