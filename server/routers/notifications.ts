import { tracked } from '@trpc/server'
import {
  ListNotificationsInput,
  MarkedRead,
  MarkReadInput,
  NotificationPage,
  StreamNotificationsInput,
} from '../../shared-types/index.ts'
import { markNotificationsRead, readNotifications, streamNotifications } from '../services/notifications.ts'
import { readProcedure, router, toTrpcError, userProcedure } from './trpc.ts'

export const notificationsRouter = router({
  list: readProcedure
    .input(ListNotificationsInput.prefault({}))
    .output(NotificationPage)
    .query(({ ctx, input }) => readNotifications(ctx, ctx.userId, input)),
  markRead: userProcedure
    .input(MarkReadInput)
    .output(MarkedRead)
    .mutation(({ ctx, input }) => markNotificationsRead(ctx, ctx.userId, input)),
  stream: readProcedure.input(StreamNotificationsInput.prefault({})).subscription(async function* ({
    ctx,
    input,
    signal = new AbortController().signal,
  }) {
    const items = streamNotifications(ctx, ctx.userId, input.lastEventId, signal)
    try {
      for await (const item of items) yield tracked(item.id, item)
    } catch (error) {
      // By now no middleware stands around it. An abort is how a stream ends without a word.
      throw error instanceof DOMException && error.name === 'AbortError' ? error : toTrpcError(error)
    }
  }),
})
