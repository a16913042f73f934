import type { Kysely } from 'kysely'
import { toSql } from 'pgvector/kysely'
import type { DB } from './schema.ts'

/** Text of these mails that have no vector of this model yet. */
export function textsWithoutVector(db: Kysely<DB>, userId: string, emailIds: readonly string[], modelId: string) {
  if (emailIds.length === 0) return Promise.resolve([])
  return db
    .selectFrom('emails')
    .where('userId', '=', userId)
    .where('id', 'in', emailIds)
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
    .select(['id', 'subject', 'freshText'])
    .execute()
}

export async function saveVectors(
  db: Kysely<DB>,
  userId: string,
  modelId: string,
  vectors: readonly { emailId: string; values: number[] }[],
): Promise<void> {
  if (vectors.length === 0) return
  await db
    .insertInto('embeddings')
    .values(vectors.map(({ emailId, values }) => ({ userId, emailId, modelId, embedding: toSql(values) as string })))
    .onConflict((oc) => oc.doNothing())
    .execute()
}
