import type { Kysely } from 'kysely'
import type { Settings } from '../../../shared-types/index.ts'
import { readChangingFacts } from '../../agent/changing-facts.ts'
import { reviewAgain } from '../../agent/policy.ts'
import { replyKind } from '../../agent/reply-kind.ts'
import type { ChangingFacts } from '../../agent/review-facts.ts'
import type { DB } from '../../db/engine/schema.ts'
import type { Obstacle } from './postpone.ts'
import type { ActiveSend } from './settle-send.ts'
import { quietUntil } from './quiet-hours.ts'

/** What the gate says by now, or the end of the owner's quiet hours to wait for; null: it may go out. */
export function judgeAutomaticSend(facts: ChangingFacts, now: Date): Obstacle | null {
  const verdict = reviewAgain(facts)
  if (verdict.kind === 'ask') return { kind: 'withdraw', reasons: verdict.reasons }
  const { quietHours, timeZone } = facts.settings
  const until = quietHours && quietUntil(now, quietHours, timeZone)
  if (!until) return null
  const text = `It waits for the end of your quiet hours at ${quietHours.end}.`
  return { kind: 'wait', until, reason: { code: 'QUIET_HOURS', text } }
}

/**
 * The same for one send, its facts read in `db`. With the settings locked in the transaction that moves it to SENDING,
 * two sends of an owner are counted one after the other, and what the owner switches off is off.
 */
export async function automaticObstacle(
  db: Kysely<DB>,
  { ctx, userId, send, reply }: ActiveSend,
  settings: Settings,
): Promise<Obstacle | null> {
  const now = ctx.clock.now()
  const facts = await readChangingFacts(db, ctx, userId, {
    mail: { ...reply, intent: reply.mailIntent ?? 'other', mailboxId: send.mailboxId, outboxId: send.id },
    now,
    settings,
    reply: await replyKind(db, userId, templateOf(reply)),
    confidence: Math.min(reply.mailConfidence ?? 0, reply.draftConfidence),
  })
  return judgeAutomaticSend(facts, now)
}

function templateOf({ templateId: id, templateVersion: version }: ActiveSend['reply']) {
  return id === null || version === null ? null : { id, version }
}
