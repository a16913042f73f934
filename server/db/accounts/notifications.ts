import { type Kysely, sql } from 'kysely'
import { z } from 'zod'
import type {
  ListNotificationsInput,
  MarkReadInput,
  Notification,
  NotificationKind,
  NotificationPayload,
} from '../../../shared-types/index.ts'
import { jsonText } from '../engine/json.ts'
import { parseCursorOf, toPage } from '../engine/page.ts'
import type { DB } from '../engine/schema.ts'

/**
 * Tells the owner, in the transaction of what happened, unless they muted such a thing. Its id is drawn as that ends (migration 0048), so that an
 * owner's ids follow each other as they come to be seen.
 */
export async function insertNotification<K extends NotificationKind>(
  trx: Kysely<DB>,
  userId: string,
  kind: K,
  payload: NotificationPayload<K>,
  createdAt: string,
): Promise<void> {
  await trx
    .insertInto('notifications')
    .columns(['userId', 'kind', 'payload', 'createdAt'])
    .expression(
      trx
        .selectNoFrom([
          sql<string>`${userId}::uuid`.as('userId'),
          sql<K>`${kind}::text`.as('kind'),
          sql<string>`${jsonText(payload)}::jsonb`.as('payload'),
          sql<string>`${createdAt}::timestamptz`.as('createdAt'),
        ])
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('settings')
                .where('userId', '=', userId)
                .where(sql<boolean>`${kind} = any(muted_notifications)`)
                .select('userId'),
            ),
          ),
        ),
    )
    .execute()
}

export async function deleteOldNotifications(db: Kysely<DB>, userId: string, before: string): Promise<void> {
  await db.deleteFrom('notifications').where('userId', '=', userId).where('createdAt', '<', before).execute()
}

const columns = ['id', 'kind', 'payload', 'createdAt', 'readAt'] as const

/** Newest first. */
export async function listNotifications(
  db: Kysely<DB>,
  userId: string,
  { limit, cursor, unread }: ListNotificationsInput,
): Promise<{ items: Notification[]; nextCursor: string | null }> {
  let query = db
    .selectFrom('notifications')
    .where('userId', '=', userId)
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .select(columns)
  if (unread !== undefined) query = query.where('readAt', unread ? 'is' : 'is not', null)
  if (cursor) {
    const [id] = parseCursorOf(z.tuple([z.int()]), cursor)
    query = query.where('id', '<', id)
  }
  return toPage(await query.execute(), limit, ({ id }) => [id], toItem)
}

export async function countUnread(db: Kysely<DB>, userId: string): Promise<number> {
  const { count } = await db
    .selectFrom('notifications')
    .where('userId', '=', userId)
    .where('readAt', 'is', null)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

/** What was read stays as it was. */
export async function markRead(db: Kysely<DB>, userId: string, which: MarkReadInput, readAt: string): Promise<void> {
  const query = db.updateTable('notifications').set({ readAt }).where('userId', '=', userId).where('readAt', 'is', null)
  await (
    'ids' in which ? query.where('id', 'in', which.ids.map(Number)) : query.where('id', '<=', Number(which.upTo))
  ).execute()
}

/** What came after, the oldest first. */
export async function notificationsAfter(
  db: Kysely<DB>,
  userId: string,
  after: number,
  limit: number,
): Promise<Notification[]> {
  const rows = await db
    .selectFrom('notifications')
    .where('userId', '=', userId)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .select(columns)
    .execute()
  return rows.map(toItem)
}

/** The id of each owner's newest; nothing for an owner who has none. */
export async function newestNotifications(
  db: Kysely<DB>,
  userIds: readonly string[],
): Promise<{ userId: string; id: number }[]> {
  const { rows } = await sql<{ userId: string; id: number }>`
    select owner.id as user_id, newest.id
    from unnest(${userIds}::uuid[]) as owner (id)
    cross join lateral (
      select id from notifications where user_id = owner.id order by id desc limit 1
    ) as newest`.execute(db)
  return rows
}

function toItem({
  id,
  ...row
}: {
  id: number
  kind: string
  payload: object
  createdAt: string
  readAt: string | null
}) {
  return { id: String(id), ...row } as Notification
}
