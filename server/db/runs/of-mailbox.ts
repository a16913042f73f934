import type { Kysely } from 'kysely'
import type { DB } from '../engine/schema.ts'

/** Locks the runs over mail of a mailbox that are queued or at work; answers them with their mails. */
export function lockOpenRunsOfMailbox(trx: Kysely<DB>, userId: string, mailboxId: string) {
  return trx
    .selectFrom('traces')
    .innerJoin('emails', (join) =>
      join.onRef('emails.userId', '=', 'traces.userId').onRef('emails.id', '=', 'traces.emailId'),
    )
    .where('traces.userId', '=', userId)
    .where('emails.mailboxId', '=', mailboxId)
    .where('traces.status', 'in', ['queued', 'running'])
    .orderBy('traces.id')
    .select(['traces.id', 'traces.emailId', 'traces.scope'])
    .forUpdate('traces')
    .execute()
}

/** Ends runs whoever works on them, who then finds them taken over. Their steps keep no mail text. */
export async function endRuns(
  trx: Kysely<DB>,
  userId: string,
  traceIds: readonly string[],
  { error, finishedAt }: { error: string; finishedAt: string },
): Promise<void> {
  if (traceIds.length === 0) return
  await trx
    .updateTable('traces')
    .set({ status: 'failed', error, finishedAt, leaseUntil: null })
    .where('userId', '=', userId)
    .where('id', 'in', traceIds)
    .where('status', 'in', ['queued', 'running'])
    .execute()
  await trx
    .updateTable('agentSteps')
    .set({ addition: null })
    .where('userId', '=', userId)
    .where('traceId', 'in', traceIds)
    .execute()
}
