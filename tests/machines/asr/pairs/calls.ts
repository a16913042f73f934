import { Buffer } from 'node:buffer'
import type { SandboxRequest } from '../../../../google-sandbox/sandbox.ts'
import type { TestApp } from '../../../support/app.ts'
import type { Inbox } from '../../../support/connected-inbox.ts'
import { sentText } from '../world/sent-text.ts'

/**
 * The calls that runs and sends make. Left out are those of the sync (history, lists of messages, single messages and
 * batches of them): what it reads is by its nature all that came into the mailbox, for whomever it is. So are
 * those for tokens, which follow the time. A search among messages is a run's, or a send's that looks for its outcome.
 */
function isOfRun({ path, query }: SandboxRequest): boolean {
  return (
    /\/(?:drafts|threads)(?:\/|$)|\/freeBusy$/.test(path) || (path.endsWith('/messages') && /(?:^|&)q=/.test(query))
  )
}

/** The calls of an owner's runs and sends, each thread's apart; under '' those that name no thread, in no order. */
export async function callsByThread(
  { google, db }: TestApp,
  { owner, userId }: Inbox,
  since: number,
): Promise<Map<string, string[]>> {
  const sends = await db
    .selectFrom('outbox')
    .innerJoin('emails', (join) =>
      join.onRef('emails.userId', '=', 'outbox.userId').onRef('emails.id', '=', 'outbox.emailId'),
    )
    .where('outbox.userId', '=', userId)
    .select(['outbox.gmailDraftId', 'outbox.id', 'emails.threadId', 'emails.gmailId'])
    .execute()
  const threadOf = (text: string) =>
    sends.find(({ gmailDraftId, id, threadId, gmailId }) => {
      return [gmailDraftId, id, threadId, gmailId].some((known) => known !== null && text.includes(known))
    })?.threadId ?? ''
  const calls = google.journal
    .slice(since)
    .filter((call) => call.email === owner.email && isOfRun(call))
    .map(textOf)
  const grouped = new Map<string, string[]>()
  for (const call of calls) {
    const thread = threadOf(call)
    grouped.set(thread, [...(grouped.get(thread) ?? []), call])
  }
  grouped.get('')?.sort()
  return grouped
}

/** One line a call; a mail in it stands there as it reads. */
function textOf({ method, path, query, body }: SandboxRequest): string {
  const read = body.toString('utf8').replace(/"raw":"([\w=-]+)"/, (_, raw: string) => {
    return `"raw":${JSON.stringify(sentText(Buffer.from(raw, 'base64url').toString('utf8')))}`
  })
  return `${method} ${path}?${query} ${read}`
}
