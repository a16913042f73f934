import { type Kysely, sql } from 'kysely'
import { jsonBuildObject } from 'kysely/helpers/postgres'
import type {
  Batch,
  BatchItem,
  BatchItemReason,
  BatchKind,
  BatchPage,
  ListBatchesInput,
} from '../../../shared-types/index.ts'
import { AppError } from '../../errors.ts'
import { jsonList } from '../engine/json.ts'
import { parseCursor, toPage } from '../engine/page.ts'
import type { DB } from '../engine/schema.ts'

/** Newest first. */
export async function listBatches(db: Kysely<DB>, userId: string, input: ListBatchesInput): Promise<BatchPage> {
  let query = selectBatches(db)
    .where('batches.userId', '=', userId)
    .orderBy('batches.createdAt', 'desc')
    .orderBy('batches.id', 'desc')
    .limit(input.limit + 1)
  if (input.cursor) {
    const position = parseCursor(input.cursor)
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('batches.createdAt', 'batches.id'), '<', tuple(...position)),
    )
  }
  return toPage(
    await query.execute(),
    input.limit,
    (row) => [row.createdAt, row.id],
    (row) => row,
  )
}

/** In one statement, so that its counts are those of its mails. NOT_FOUND. */
export async function getBatch(db: Kysely<DB>, userId: string, batchId: string): Promise<Batch> {
  const row = await selectBatches(db)
    .where('batches.userId', '=', userId)
    .where('batches.id', '=', batchId)
    .select((eb) =>
      jsonList(
        eb
          .selectFrom('batchItems as item')
          .select(({ ref }) =>
            jsonBuildObject({
              emailId: ref('item.askedId'),
              status: ref('item.status'),
              reason: ref('item.reason'),
              message: ref('item.message'),
            }).as('value'),
          )
          .whereRef('item.userId', '=', 'batches.userId')
          .whereRef('item.batchId', '=', 'batches.id')
          .orderBy('item.position'),
      ).as('items'),
    )
    .executeTakeFirst()
  if (!row) throw noBatch()
  return { ...row, items: row.items.map(toItem) }
}

interface ItemRow extends Omit<BatchItem, 'error'> {
  readonly reason: BatchItemReason | null
  readonly message: string | null
}

function toItem({ emailId, status, reason, message }: ItemRow): BatchItem {
  return { emailId, status, error: reason === null ? null : { reason, message: message ?? '' } }
}

export function noBatch(): AppError {
  return new AppError('NOT_FOUND', 'There is no such batch.')
}

/** Counted from its mails: those that are deleted, or end at the same moment, are counted right. */
function selectBatches(db: Kysely<DB>) {
  return db
    .selectFrom('batches')
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('batchItems')
          .whereRef('batchItems.userId', '=', 'batches.userId')
          .whereRef('batchItems.batchId', '=', 'batches.id')
          .select(({ fn }) => [
            fn.countAll<number>().as('total'),
            fn.countAll<number>().filterWhere('batchItems.status', 'in', ['succeeded', 'failed']).as('processed'),
            fn.countAll<number>().filterWhere('batchItems.status', '=', 'succeeded').as('succeeded'),
            fn.countAll<number>().filterWhere('batchItems.status', '=', 'failed').as('failed'),
          ])
          .as('counts'),
      (join) => join.onTrue(),
    )
    .select(['batches.id', 'batches.kind', 'batches.status', 'batches.createdAt', 'batches.finishedAt'])
    .select(['counts.total', 'counts.processed', 'counts.succeeded', 'counts.failed'])
}

export async function insertBatch(
  trx: Kysely<DB>,
  userId: string,
  batch: { id: string; kind: BatchKind; byProgram: boolean; createdAt: string },
): Promise<void> {
  await trx
    .insertInto('batches')
    .values({ userId, ...batch, status: 'running', workedAt: batch.createdAt })
    .execute()
}

export async function countRunningBatches(trx: Kysely<DB>, userId: string): Promise<number> {
  const { count } = await trx
    .selectFrom('batches')
    .where('userId', '=', userId)
    .where('status', '=', 'running')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

/** Its state, which nobody changes until the transaction ends. A batch is locked before runs, and these before mails. */
export function lockBatch(trx: Kysely<DB>, userId: string, batchId: string) {
  return trx
    .selectFrom('batches')
    .where('userId', '=', userId)
    .where('id', '=', batchId)
    .select('status')
    .forNoKeyUpdate()
    .executeTakeFirst()
}

/** The same of one that has not ended, noted as looked after. */
export function beginBatchWork(trx: Kysely<DB>, userId: string, batchId: string, now: string) {
  return trx
    .updateTable('batches')
    .set({ workedAt: now })
    .where('userId', '=', userId)
    .where('id', '=', batchId)
    .where('status', '=', 'running')
    .returning(['kind', 'byProgram'])
    .executeTakeFirst()
}

/** Once no mail of it is left to be worked on; false while there is one, or when it has ended before. */
export async function endBatch(trx: Kysely<DB>, userId: string, batchId: string, finishedAt: string): Promise<boolean> {
  const ended = await trx
    .updateTable('batches')
    .set(({ exists, selectFrom }) => ({
      finishedAt,
      status: sql`case when ${exists(
        selectFrom('batchItems')
          .whereRef('batchItems.userId', '=', 'batches.userId')
          .whereRef('batchItems.batchId', '=', 'batches.id')
          .where('batchItems.status', '=', 'cancelled')
          .select('batchItems.askedId'),
      )} then 'cancelled' else 'completed' end`,
    }))
    .where('userId', '=', userId)
    .where('id', '=', batchId)
    .where('status', '=', 'running')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('batchItems')
            .whereRef('batchItems.userId', '=', 'batches.userId')
            .whereRef('batchItems.batchId', '=', 'batches.id')
            .where('batchItems.status', 'in', ['queued', 'running'])
            .select('batchItems.askedId'),
        ),
      ),
    )
    .returning('id')
    .executeTakeFirst()
  return ended !== undefined
}

/** What a program has asked for once stays for review. */
export async function reopenBatch(
  trx: Kysely<DB>,
  userId: string,
  batchId: string,
  { byProgram, now }: { byProgram: boolean; now: string },
): Promise<void> {
  await trx
    .updateTable('batches')
    .set({ status: 'running', finishedAt: null, workedAt: now, ...(byProgram && { byProgram }) })
    .where('userId', '=', userId)
    .where('id', '=', batchId)
    .execute()
}

/** Of all owners: with their mails' places in them, not with the mails. */
export async function deleteOldBatches(db: Kysely<DB>, before: string): Promise<void> {
  await db.deleteFrom('batches').where('finishedAt', '<=', before).execute()
}
