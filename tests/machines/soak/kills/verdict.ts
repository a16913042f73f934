import { sql } from 'kysely'
import type { TestApp } from '../../../support/app.ts'
import type { Inbox } from '../../../support/connected-inbox.ts'

/** What was asked of the product, and where to look for what really left. */
export interface Asked {
  /** Mails that arrived. */
  readonly mails: number
  /** Replies that were approved. */
  readonly sends: number
  readonly inboxes: readonly Pick<Inbox, 'sent'>[]
}

type Books = Pick<TestApp, 'db'>

export interface Verdict {
  /** Mails without a finished run, approved replies that neither left nor ask their owner. */
  readonly lost: number
  /** Mails stored, worked on or answered more than once. */
  readonly doubled: number
  /** Sends that ask their owner. */
  readonly unknown: number
}

/** Whether everything that was begun has come to its end. */
export async function isQuiet({ db }: Books, load: Asked): Promise<boolean> {
  const { rows } = await sql<{ mails: number; live: number; unsettled: number }>`
    select
      (select count(*) from emails where direction = 'in') as mails,
      (select count(*) from traces where status in ('queued', 'running')) as live,
      (select count(*) from outbox where state in ('READY', 'SENDING')) as unsettled`.execute(db)
  const [row] = rows
  return row !== undefined && row.mails >= load.mails && row.live === 0 && row.unsettled === 0
}

/** Counts at the mailbox, not only in our own books, what became of it all. */
export async function judge({ db }: Books, load: Asked): Promise<Verdict> {
  const { rows } = await sql<{ stored: number; twice: number; finished: number; again: number; unknown: string[] }>`
    select
      (select count(*) from emails where direction = 'in') as stored,
      (select count(*) from (
        select 1 from emails where direction = 'in' group by user_id, subject having count(*) > 1) as same) as twice,
      (select count(distinct email_id) from traces where status = 'completed') as finished,
      (select count(*) from (
        select 1 from drafts group by user_id, email_id having count(*) > 1) as same) as again,
      array(select id::text from outbox where state = 'UNKNOWN') as unknown`.execute(db)
  const [books] = rows
  if (!books) throw new Error('the database told nothing')
  const delivered = await deliveries(load)
  const repeated = [...delivered.values()].filter((count) => count > 1).length
  const missing = missingSends(load.sends, { delivered: [...delivered.keys()], unknown: books.unknown })
  return {
    lost: load.mails - Math.min(books.stored, books.finished) + missing,
    doubled: books.twice + books.again + repeated,
    unknown: books.unknown.length,
  }
}

/** Of so many approved replies, those that neither left nor ask their owner; one that left and asks is one reply. */
export function missingSends(
  approved: number,
  { delivered, unknown }: { delivered: readonly string[]; unknown: readonly string[] },
): number {
  const accountedFor = new Set([...delivered, ...unknown])
  return Math.max(0, approved - accountedFor.size)
}

/** How often each approved reply really left, by the mark it carries. */
async function deliveries({ inboxes }: Asked): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (const { sent } of inboxes) {
    for (const { raw } of await sent()) {
      const mark = /^x-reasonflow-outbox:\s*(\S+)/im.exec(raw.toString())?.[1]
      if (mark === undefined) throw new Error('a reply left without the id of its send')
      counts.set(mark, (counts.get(mark) ?? 0) + 1)
    }
  }
  return counts
}
