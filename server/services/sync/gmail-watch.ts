import type { AppContext } from '../../context.ts'
import { countLapsingWatches, findWatch, moveWatch, type WatchChange } from '../../db/mailboxes/watch.ts'
import { isUpstream, retryTimeOf } from '../../errors.ts'
import { gmailWatchesLapsing } from '../../metrics.ts'
import type { MailboxRef } from '../../ports.ts'
import { step } from '../../step.ts'

const hourMs = 3_600_000
/** Of the seven days that a watch lasts: renewed with less than six left, so daily. */
const renewBelowMs = 6 * 24 * hourMs
const alarmBelowMs = 48 * hourMs
const retryMs = hourMs

/** Which watches a sweep looks for: those that end before `before`, and of the failed ones those whose hour is over. */
export function watchInstants(ctx: AppContext): { now: string; before: string } {
  return { now: inFuture(ctx, 0), before: inFuture(ctx, renewBelowMs) }
}

/**
 * Brings the watch of a mailbox in line with the configuration: begun, renewed, or stopped where push was switched off.
 * Gmail takes either any number of times, so whoever died half way is simply followed by the next one.
 */
export async function renewWatch(ctx: AppContext, mailbox: MailboxRef, signal: AbortSignal): Promise<void> {
  const { userId, mailboxId } = mailbox
  const { push } = ctx.config
  const found = await findWatch(ctx.db, userId, mailboxId)
  if (!found) return
  const from = found.watchExpiresAt
  const isDue = push ? from === null || from < watchInstants(ctx).before : from !== null
  if (!isDue) return
  const to = push ? await renew(ctx, mailbox, push.topic, signal) : await end(ctx, mailbox, signal)
  await step('store-watch', () => moveWatch(ctx.db, userId, mailboxId, { from, to }))
}

/** What Gmail refuses now it may grant in an hour, or when it says; meanwhile mail is polled: the job has not failed. */
async function renew(ctx: AppContext, mailbox: MailboxRef, topic: string, signal: AbortSignal): Promise<WatchChange> {
  try {
    const { expiresAt } = await step('gmail-watch', () => ctx.mailboxWatch.watch(mailbox, topic, signal))
    return { watchExpiresAt: expiresAt.toISOString(), watchRetryAt: null }
  } catch (error) {
    if (!isUpstream(error) || signal.aborted) throw error
    ctx.logger.warn({ err: error, mailboxId: mailbox.mailboxId }, 'the Gmail watch of a mailbox could not be renewed')
    const inAnHour = inFuture(ctx, retryMs)
    const askedFor = retryTimeOf(error, ctx.clock.now())?.toISOString() ?? inAnHour
    return { watchRetryAt: askedFor > inAnHour ? askedFor : inAnHour }
  }
}

/** Best effort: a watch that Gmail does not stop now ends by itself. */
async function end(ctx: AppContext, mailbox: MailboxRef, signal: AbortSignal): Promise<WatchChange> {
  await step('gmail-stop-watch', () => ctx.mailboxWatch.stop(mailbox, signal)).catch((error: unknown) => {
    if (!isUpstream(error) || signal.aborted) throw error
    ctx.logger.info({ err: error, mailboxId: mailbox.mailboxId }, 'the Gmail watch of a mailbox could not be stopped')
  })
  return { watchExpiresAt: null, watchRetryAt: null }
}

/** How many mailboxes are about to be without push, or are: the alarm of /health and of the metrics. */
export async function lapsingWatches(ctx: AppContext): Promise<number> {
  const lapsing = ctx.config.push ? await countLapsingWatches(ctx.db, inFuture(ctx, alarmBelowMs)) : 0
  gmailWatchesLapsing.set(lapsing)
  return lapsing
}

/** One line for all of them, so that a lapse shows in the log and does not fill it. */
export async function warnOfLapsingWatches(ctx: AppContext): Promise<void> {
  const mailboxes = await lapsingWatches(ctx)
  if (mailboxes > 0) ctx.logger.warn({ mailboxes }, 'Gmail watches have ended or end within 48 hours; polling goes on')
}

function inFuture(ctx: AppContext, ms: number): string {
  return new Date(ctx.clock.now().getTime() + ms).toISOString()
}
