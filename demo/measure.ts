import type { Item } from './inbox-table.ts'
import type { Owner } from './owner.ts'
import { paint, say } from './say.ts'
import type { Stage } from './stage.ts'

export interface Figures {
  readonly emails: number
  readonly processed: number
  readonly noReply: number
  readonly needsReview: number
  readonly approved: number
  readonly sent: number
  readonly sentInThread: number
  readonly duplicates: number
  readonly failed: number
  readonly durationMs: number
}

/** Looks into the sandbox mailbox, not into our own database: what left, how often, and in which thread. */
export async function measure(
  { google }: Stage,
  { api, email }: Owner,
  run: { emails: readonly Item[]; approved: readonly string[]; startedAt: number },
): Promise<Figures> {
  const incoming = run.emails.filter((item) => item.direction === 'in')
  const count = (...statuses: Item['status'][]) => incoming.filter((item) => statuses.includes(item.status)).length
  const answered = new Set(incoming.filter((item) => run.approved.includes(item.id)).map((item) => item.threadId))
  const sent = (await google.messages(email)).flatMap(({ threadId, raw, labelIds }) => {
    const outboxId = /^x-reasonflow-outbox: *(\S+)/im.exec(raw.toString('latin1'))?.[1]
    return outboxId && labelIds.includes('SENT') ? [{ threadId, outboxId }] : []
  })
  const failed = await api.traces.list.query({ status: 'failed', limit: 100 })
  const figures = {
    emails: run.emails.length,
    processed: incoming.length - count('pending', 'processing'),
    noReply: count('no_reply'),
    needsReview: count('needs_review'),
    approved: run.approved.length,
    sent: sent.length,
    sentInThread: sent.filter(({ threadId }) => answered.has(threadId)).length,
    duplicates: sent.length - new Set(sent.map(({ outboxId }) => outboxId)).size,
    failed: failed.items.length,
    durationMs: Math.round(performance.now() - run.startedAt),
  }
  say(
    `  ${paint('green', '✓')} in her sandbox Gmail: ${figures.sent} sent, ${figures.sentInThread} in the right thread, ${figures.duplicates} twice`,
  )
  return figures
}
