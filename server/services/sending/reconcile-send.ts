import type { Reason } from '../../../shared-types/index.ts'
import { updateSend } from '../../db/sending/sends.ts'
import { isUpstream, retryTimeOf } from '../../errors.ts'
import { likenessOf } from '../../mail/likeness.ts'
import { step } from '../../step.ts'
import { readBack } from './read-back.ts'
import { sendGmailDraft } from './send.ts'
import { type ActiveSend, settleAsSent, settleAsUnknown } from './settle-send.ts'

/** How long Gmail's thread view may lag behind a send before a person is asked. */
const visibilityBoundMs = 10 * 60_000
/** How long a person is not asked while Gmail itself says when it can be looked up. */
const patienceMs = 24 * 3_600_000
const shortestRecheckMs = 15 * 60_000
/** What the conversation has not shown by then it never will. */
const recheckForMs = 30 * 24 * 3_600_000

/** A worker died or lost an answer after SENDING: look before doing anything. Past the bound a person is asked. */
export async function reconcileSend(active: ActiveSend): Promise<void> {
  const { ctx, send } = active
  const waitedMs = waitedSince(active)
  try {
    if (await tryToSettle(active)) return
    if (waitedMs < visibilityBoundMs) throw new Error('the sent mail is not visible in its thread yet')
  } catch (error) {
    const mayWait = waitedMs < patienceMs && retryTimeOf(error, ctx.clock.now()) !== undefined
    if (waitedMs < visibilityBoundMs || mayWait || !isUpstream(error)) throw error
    ctx.logger.warn({ err: error, outboxId: send.id }, 'whether a reply was sent cannot be found out')
  }
  await settleAsUnknown(active)
}

/** Whether that settled it: found in the thread, or its Gmail draft was still there and is sent now if it is as approved. */
async function tryToSettle(active: ActiveSend): Promise<boolean> {
  if (await settleIfFound(active)) return true
  const { gmailDraftId } = active.send
  if (!gmailDraftId) return false
  const found = await readBack(active, gmailDraftId)
  if (found.kind === 'gone') return false
  if (found.kind === 'as-approved') await sendGmailDraft(active, gmailDraftId)
  else await askAboutAltered(active, found.reasons)
  return true
}

/**
 * A Gmail draft that is there was never sent, and this one is not sent any more. But the worker that began to send may hang with
 * it in its hands, so that it is no withdrawal: as UNKNOWN no other reply goes out until the owner says so, and what they
 * have to say for that deletes the Gmail draft first (`resolveSend`).
 */
function askAboutAltered(active: ActiveSend, reasons: readonly Reason[]): Promise<void> {
  return settleAsUnknown(active, [
    ...reasons,
    {
      code: 'SEND_UNKNOWN_IF_FOUND',
      text: 'It was not sent, and is not sent any more unless you send it in Gmail: if you do, say that it was sent.',
    },
    {
      code: 'SEND_UNKNOWN_IF_MISSING',
      text: 'Else say that it was not sent: the draft in Gmail is deleted, so copy what you want to keep of it, and you may approve your reply again.',
    },
  ])
}

/** An unknown send may show itself late; until then the owner's word decides, and nothing is sent from here. */
export async function recheckUnknown(active: ActiveSend): Promise<void> {
  const { ctx, userId, send } = active
  try {
    if (await settleIfFound(active)) return
  } catch (error) {
    if (!isUpstream(error)) throw error
    ctx.logger.warn({ err: error, outboxId: send.id }, 'an unknown send cannot be looked for now')
  }
  const waitedMs = waitedSince(active)
  const pauseMs = Math.max(shortestRecheckMs, waitedMs)
  const retryAt = waitedMs > recheckForMs ? null : new Date(ctx.clock.now().getTime() + pauseMs).toISOString()
  await step('await-recheck', () => updateSend(ctx.db, userId, send, ['UNKNOWN'], { leaseUntil: null, retryAt }))
  ctx.logger.info({ userId, outboxId: send.id, retryAt }, 'a send stays unknown')
}

async function settleIfFound(active: ActiveSend): Promise<boolean> {
  const { ctx, userId, send, reply, signal } = active
  const mailbox = { userId, mailboxId: send.mailboxId }
  const likeness = likenessOf(reply, send.sendingSince)
  const wanted = { threadId: reply.threadId, outboxId: send.id, likeness }
  const found = await step('gmail-find-sent', () => ctx.mailSender.findSent(mailbox, wanted, signal))
  if (found) await settleAsSent(active, found.gmailId)
  return found !== null
}

function waitedSince({ ctx, send }: ActiveSend): number {
  return ctx.clock.now().getTime() - new Date(send.sendingSince ?? 0).getTime()
}
