import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { createGmail } from '../../server/adapters/google/gmail.ts'
import { openOAuthClient } from '../../server/adapters/google/oauth-client.ts'
import { startClosingServer } from '../support/closing-server.ts'

const ref = { userId: randomUUID(), mailboxId: randomUUID() }
const reused = [
  { connection: 0, isAnswered: true },
  { connection: 0, isAnswered: false },
]
const again = { connection: 1, isAnswered: true }

function gmailAt(apiBaseUrl: string) {
  return createGmail({ apiBaseUrl }, { get: async () => 'token' }, { backoffMs: 1 })
}

test('a mailbox is read on when a kept connection is closed as it is used', async () => {
  await using google = await startClosingServer(() => ({ emailAddress: 'owner@example.com', historyId: '7' }))
  const { mailbox } = gmailAt(google.url)
  await mailbox.profile(ref)
  expect(await mailbox.profile(ref)).toEqual({ address: 'owner@example.com', historyId: '7' })
  expect(google.requests).toMatchObject([...reused, again])
})

test('a mail is sent once even then: what became of it is looked up, not tried', async () => {
  await using google = await startClosingServer(() => ({ emailAddress: 'owner@example.com', historyId: '7' }))
  const { mailbox, mailSender } = gmailAt(google.url)
  await mailbox.profile(ref)
  await expect(mailSender.sendGmailDraft(ref, 'r-1')).rejects.toMatchObject({ kind: 'unavailable' })
  expect(google.requests).toMatchObject(reused)
})

test("Google's certificates are asked for again, so that a connect does not fail after its code was used", async () => {
  await using google = await startClosingServer(() => ({ key: '-----BEGIN CERTIFICATE-----' }))
  const config = { clientId: 'id', clientSecret: 'secret', redirectUri: 'http://127.0.0.1/', oauthBaseUrl: google.url }
  const client = openOAuthClient({ ...config, apiBaseUrl: null }, 5_000)
  await client.getFederatedSignonCertsAsync()
  const { certs } = await client.getFederatedSignonCertsAsync()
  expect(certs).toEqual({ key: '-----BEGIN CERTIFICATE-----' })
  expect(google.requests).toMatchObject([...reused, again])
})

test('a token request is sent once even then: its code is good for one use', async () => {
  await using google = await startClosingServer(() => ({ key: '-----BEGIN CERTIFICATE-----' }))
  const config = { clientId: 'id', clientSecret: 'secret', redirectUri: 'http://127.0.0.1/', oauthBaseUrl: google.url }
  const client = openOAuthClient({ ...config, apiBaseUrl: null }, 5_000)
  await client.getFederatedSignonCertsAsync()
  await expect(client.getToken('one-use')).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(google.requests).toMatchObject(reused)
})
