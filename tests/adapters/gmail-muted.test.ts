import { expect, test } from 'vitest'
import { connectGoogle, rawMail } from '../support/google-account.ts'

/** A conversation of one mail that is muted, and one of another that is not. */
async function open() {
  const google = await connectGoogle()
  const { mailbox, ref, email, sandbox } = google
  const deliver = async (messageId: string) => {
    const receivedAt = new Date()
    const { id: gmailId, threadId } = await sandbox.deliver(email, rawMail({ 'Message-ID': messageId }), { receivedAt })
    return { gmailId, threadId, messageId, receivedAt }
  }
  const muted = await deliver('<muted@example.com>')
  const other = await deliver('<other@example.com>')
  sandbox.byHand(email).mute(muted.threadId)
  return {
    ...google,
    muted,
    other,
    isMuted: (mail: Parameters<typeof mailbox.isMuted>[1]) => mailbox.isMuted(ref, mail),
  }
}

test('a muted conversation is told from others in one call of five units', async () => {
  const google = await open()
  await using _ = google
  const { isMuted, muted, other, sandbox, email } = google
  const used = sandbox.unitsUsed(email)
  expect(await isMuted(muted)).toBe(true)
  expect(sandbox.unitsUsed(email) - used).toBe(5)
  expect(await isMuted(other)).toBe(false)
  expect(google.requests(/\/messages$/)).toHaveLength(2)
})

const strange = [
  null,
  'muted@example.com',
  '<x OR in:anywhere@example.com>',
  '<"x" OR in:anywhere@example.com>',
  '<x)OR(in:anywhere@example.com>',
  '<x(a)OR(in:anywhere)@example.com>',
  '<x{in:anywhere}@example.com>',
  '<x@example.com> OR in:anywhere',
  '<muted@example.com OR is:muted>',
]

test.each(strange)('the Message-ID %s says nothing of what is muted', async (messageId) => {
  const google = await open()
  await using _ = google
  const { isMuted, muted, other } = google
  expect(await isMuted({ ...muted, messageId })).toBe(true)
  expect(await isMuted({ ...other, messageId })).toBe(false)
})

test('the Message-ID of a muted mail mutes no other', async () => {
  const google = await open()
  await using _ = google
  expect(await google.isMuted({ ...google.other, messageId: google.muted.messageId })).toBe(false)
})
