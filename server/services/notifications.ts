import {
  type ListNotificationsInput,
  type MarkedRead,
  type MarkReadInput,
  Notification,
  type NotificationPage,
} from '../../shared-types/index.ts'
import { type AppContext, isProgram, type RequestContext } from '../context.ts'
import {
  countUnread,
  listNotifications,
  markRead,
  newestNotifications,
  notificationsAfter,
} from '../db/accounts/notifications.ts'
import { step } from '../step.ts'
import { assertAlive, sessionEnded } from './signed-in.ts'

/** What one stream holds at a time: the next are read when its client has taken these. */
const atATime = 50

export async function readNotifications(
  { db }: AppContext,
  userId: string,
  input: ListNotificationsInput,
): Promise<NotificationPage> {
  return { ...(await listNotifications(db, userId, input)), unread: await countUnread(db, userId) }
}

/** Said twice it is as said once; nobody else's are touched, and nothing tells whether there are any. */
export async function markNotificationsRead(
  { db, clock }: AppContext,
  userId: string,
  which: MarkReadInput,
): Promise<MarkedRead> {
  const now = clock.now().toISOString()
  await step('mark-notifications-read', () => markRead(db, userId, which, now))
  return { ok: true, unread: await countUnread(db, userId) }
}

/**
 * Everything after `lastEventId` in order, each once, and then whatever comes: it reads the table, so it does not matter
 * which process wrote it or was asked before. Whoever is no longer let in gets nothing more: before each reading the
 * caller is looked for again, at least every 30 s.
 */
export async function* streamNotifications(
  ctx: RequestContext,
  userId: string,
  lastEventId: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Notification, void> {
  using _place = ctx.notificationFeed.listen(userId)
  await assertStillIn(ctx)
  const [newest] = await newestNotifications(ctx.db, [userId])
  // One that lies ahead was never told by us; to wait for it would leave out what comes until then.
  let after = Math.min(Number(lastEventId ?? Infinity), newest?.id ?? 0)
  while (!signal.aborted) {
    const items = await notificationsAfter(ctx.db, userId, after, atATime)
    for (const item of items) {
      after = Number(item.id)
      yield Notification.parse(item)
    }
    if (items.length < atATime) await ctx.notificationFeed.wait(userId, after, signal)
    if (!signal.aborted) await assertStillIn(ctx)
  }
}

async function assertStillIn(ctx: RequestContext): Promise<void> {
  const caller = await ctx.findCaller()
  // Nobody took anything away from a session whose access token is merely old. An end that nobody announced makes the
  // client connect anew, with the token it has by then.
  if (!caller && ctx.caller && !isProgram(ctx.caller)) throw new DOMException('the token has expired', 'AbortError')
  if (caller && isProgram(caller)) return
  if (!caller) throw sessionEnded()
  await assertAlive(ctx.db, caller)
}
