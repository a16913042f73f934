import { expect, test } from 'vitest'
import { faultMatrix } from '../../google-sandbox/sandbox.ts'
import { createGoogleAuth } from '../../server/adapters/google/auth.ts'
import { connectGoogle, newProof, sandboxConfig } from '../support/google-account.ts'

// An exception that nobody catches fails the whole test run: these calls used to end the process.

const givenUp = AbortSignal.abort(new Error('the process is stopping'))
const draft = { threadId: '18c0ffee', raw: Buffer.from('Subject: hello\r\n\r\n') }
const failure = { name: 'UpstreamError', kind: 'timeout', cause: givenUp.reason }

test('a call that was given up before it began is not made, whatever it would have carried', async () => {
  await using google = await connectGoogle()
  const { mailSender, mailbox, calendar, ref, sandbox } = google
  const before = sandbox.journal.length
  const within = { start: new Date(), end: new Date() }
  await expect(mailSender.createGmailDraft(ref, draft, givenUp)).rejects.toMatchObject(failure)
  await expect(mailSender.sendGmailDraft(ref, 'r-1', givenUp)).rejects.toMatchObject(failure)
  await expect(mailbox.profile(ref, givenUp)).rejects.toMatchObject(failure)
  await expect(calendar.busy(ref, within, givenUp)).rejects.toMatchObject(failure)
  expect(sandbox.journal).toHaveLength(before)
})

test('neither is a request to Google sign-in', async () => {
  await using google = await connectGoogle()
  const auth = createGoogleAuth(sandboxConfig(google.sandbox))
  const { codeVerifier, nonce } = newProof()
  const before = google.sandbox.journal.length
  await expect(auth.exchange({ code: 'any', codeVerifier, nonce }, givenUp)).rejects.toMatchObject(failure)
  await expect(auth.refresh('any', givenUp)).rejects.toMatchObject(failure)
  await expect(auth.revoke('any', givenUp)).rejects.toMatchObject(failure)
  expect(google.sandbox.journal).toHaveLength(before)
})

test.each(['unauthorized', 'notFound', 'invalidArgument', 'insufficientPermissions', 'domainPolicy'] as const)(
  'a refresh that ends as %s says nothing of the grant, nor of the mail it was for: it passes',
  async (fault) => {
    await using google = await connectGoogle()
    google.sandbox.inject({ match: { path: /\/token$/ }, kind: faultMatrix[fault] })
    const refreshed = createGoogleAuth(sandboxConfig(google.sandbox)).refresh('any')
    await expect(refreshed).rejects.toMatchObject({ vendor: 'google-oauth', kind: 'unavailable' })
  },
)
