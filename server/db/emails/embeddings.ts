import { type Kysely, sql } from 'kysely'
import { toSql } from 'pgvector/kysely'
import type { DB } from '../engine/schema.ts'

/** Text of these mails that have no vector of this model yet. */
export function textsWithoutVector(db: Kysely<DB>, userId: string, emailIds: readonly string[], modelId: string) {
  if (emailIds.length === 0) return Promise.resolve([])
  return db
    .selectFrom('emails')
    .innerJoin('mailboxes', (join) =>
      join.onRef('mailboxes.userId', '=', 'emails.userId').onRef('mailboxes.id', '=', 'emails.mailboxId'),
    )
    .where('emails.userId', '=', userId)
    .where('emails.id', 'in', emailIds)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('embeddings')
            .whereRef('embeddings.userId', '=', 'emails.userId')
            .whereRef('embeddings.emailId', '=', 'emails.id')
            .where('embeddings.modelId', '=', modelId)
            .select('embeddings.emailId'),
        ),
      ),
    )
    .select(['emails.id', 'emails.inReplyTo', 'emails.subject', 'emails.fromName', 'emails.fromAddress'])
    .select(['emails.toAddresses', 'emails.receivedAt', 'emails.freshText', 'mailboxes.address as ownerAddress'])
    .execute()
}

/** Stores the vectors; these mails are waited for no more. */
export async function saveVectors(
  trx: Kysely<DB>,
  userId: string,
  modelId: string,
  vectors: readonly { emailId: string; values: number[] }[],
): Promise<void> {
  if (vectors.length === 0) return
  await trx
    .insertInto('embeddings')
    .values(vectors.map(({ emailId, values }) => ({ userId, emailId, modelId, embedding: toSql(values) as string })))
    .onConflict((oc) => oc.doNothing())
    .execute()
  await trx
    .deleteFrom('vectorsDue')
    .where('userId', '=', userId)
    .where(
      'emailId',
      'in',
      vectors.map(({ emailId }) => emailId),
    )
    .execute()
}

/** Notes as overdue what has no vector of this model. New mail is noted by a trigger. */
export async function noteMissingVectors(
  trx: Kysely<DB>,
  userId: string,
  mailboxId: string,
  { modelId, now }: { modelId: string; now: string },
): Promise<void> {
  await sql`
    insert into vectors_due (user_id, email_id, due_at)
    select user_id, id, ${now} from emails
    where user_id = ${userId} and mailbox_id = ${mailboxId} and not exists (
      select from embeddings
      where embeddings.user_id = emails.user_id and email_id = emails.id and model_id = ${modelId}
    )
    on conflict do nothing`.execute(trx)
  await trx
    .updateTable('mailboxes')
    .set({ vectorsModel: modelId })
    .where('userId', '=', userId)
    .where('id', '=', mailboxId)
    .execute()
}
