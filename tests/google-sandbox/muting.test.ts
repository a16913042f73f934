import { expect, test } from 'vitest'
import { startSandbox } from '../../google-sandbox/sandbox.ts'
import { connect, mail } from './connect.ts'

const email = 'ada@example.test'
const among = { To: `${email}, bob@example.test`, Subject: 'Drawings' }

async function openMuted() {
  const sandbox = await startSandbox()
  const { gmail } = await connect(sandbox, email)
  const first = await sandbox.deliver(email, mail({ ...among, 'Message-ID': '<first@example.test>' }))
  sandbox.byHand(email).mute(first.threadId)
  return {
    sandbox,
    first,
    answer: (headers: Record<string, string> = {}) =>
      sandbox.deliver(email, mail({ ...among, 'In-Reply-To': '<first@example.test>', ...headers })),
    search: async (q: string) =>
      (await gmail.users.messages.list({ userId: 'me', q })).data.messages?.map(({ id }) => id) ?? [],
  }
}

test('a muted conversation and what comes in it later lie outside the inbox, and only a search tells why', async () => {
  const { sandbox, first, answer, search } = await openMuted()
  await using _ = sandbox
  const later = await answer()
  const other = await sandbox.deliver(email, mail(among))
  expect(later.threadId).toBe(first.threadId)
  expect(await search('in:inbox')).toEqual([other.id])
  for (const q of ['is:muted', 'label:muted']) expect(new Set(await search(q))).toEqual(new Set([first.id, later.id]))
  const labels = (await sandbox.messages(email)).flatMap(({ labelIds }) => labelIds)
  expect(new Set(labels)).toEqual(new Set(['INBOX', 'UNREAD']))
})

test('mail to the owner alone comes to the inbox of a muted conversation all the same', async () => {
  const { sandbox, answer, search } = await openMuted()
  await using _ = sandbox
  const { id } = await answer({ To: email })
  expect(await search('in:inbox')).toEqual([id])
})

test('a conversation moved to the inbox is muted no longer', async () => {
  const { sandbox, first, answer, search } = await openMuted()
  await using _ = sandbox
  sandbox.byHand(email).label(first.id, { add: ['INBOX'] })
  const { id } = await answer()
  expect(await search('is:muted')).toEqual([])
  expect(await search('in:inbox')).toContain(id)
})
