import { simpleParser } from 'mailparser'
import { expect, test } from 'vitest'
import { seedInbox, type SeedMail } from '../../demo/inbox/seed.ts'
import { createOfflineModel } from '../../server/adapters/offline-model/model.ts'

const owner = { name: 'Mara Lindqvist', email: 'mara.k3x9@example.com' }
const { model } = createOfflineModel()

/** Mail that rules know by its headers before a model is asked. */
function isMachine(headers: Map<string, unknown>, address: string): boolean {
  const marks = ['list', 'list-unsubscribe', 'auto-submitted', 'precedence', 'feedback-id', 'x-failed-recipients']
  return marks.some((mark) => headers.has(mark)) || /no-?reply|mailer-daemon|bounce/.test(address)
}

async function classified(seed: SeedMail) {
  const parsed = await simpleParser(seed.raw, { skipImageLinks: true })
  const from = parsed.from?.value[0]
  if (isMachine(parsed.headers, from?.address ?? '')) return []
  const mail = {
    subject: parsed.subject ?? '',
    from: { name: from?.name ?? '', address: from?.address ?? '' },
    text: parsed.text ?? '',
    receivedAt: seed.receivedAt.toISOString(),
    quoted: '',
    isReply: parsed.inReplyTo !== undefined,
  }
  const facts = { task: 'classify', mail } as const
  const { json } = await model.answer(
    { system: '', prompt: '', facts, schema: {}, maxOutputTokens: 1 },
    new AbortController().signal,
  )
  return [{ seed, verdict: json as { intent: string; needsReply: boolean } }]
}

test('of the demo inbox, at least 90 % of what people wrote is understood', async () => {
  const seeds = seedInbox(owner, new Date('2026-07-01T09:30:00+02:00'))
  const threadOf = ({ key }: SeedMail) => key.split('/')[0]
  const lastSent = new Map(seeds.filter(({ direction }) => direction === 'out').map((sent) => [threadOf(sent), sent]))
  const read = (await Promise.all(seeds.filter(({ direction }) => direction === 'in').map(classified))).flat()
  expect(read.length).toBeGreaterThan(25)

  const misread = read.filter(({ seed, verdict }) => verdict.intent !== seed.expected.intent)
  expect(misread.length).toBeLessThanOrEqual(read.length * 0.1)

  // Whether the owner has answered since is known to the thread, not to the mail.
  const isOpen = ({ seed }: { seed: SeedMail }) => (lastSent.get(threadOf(seed))?.receivedAt ?? 0) < seed.receivedAt
  const open = read.filter(isOpen)
  const wrong = open.filter(({ seed, verdict }) => verdict.needsReply !== seed.expected.needsReply)
  expect(wrong.length).toBeLessThanOrEqual(open.length * 0.1)
})
