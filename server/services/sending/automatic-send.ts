import type { Kysely } from 'kysely'
import type { Reason, Settings } from '../../../shared-types/index.ts'
import { countAutomaticSends, hasAutomaticReply } from '../../db/automatic-sends.ts'
import type { DB } from '../../db/schema.ts'
import { automaticSendingStoppedSince } from '../../db/system-state.ts'
import type { Obstacle } from './postpone.ts'
import type { Dispatch } from './settle.ts'
import { quietUntil } from './quiet-hours.ts'

/** What may have changed since the gate let an automatic reply through. */
export interface AutomaticSendFacts {
  readonly operatorAllows: boolean
  readonly rules: Settings
  readonly correspondent: string
  /** Automatic replies begun in the last 24 hours and in the last hour, and in the last 24 hours to this person. */
  readonly sent: { readonly lastDay: number; readonly lastHour: number; readonly toCorrespondent: number }
  /** Another one went into the conversation since the mail came that this one answers. */
  readonly isAnswered: boolean
}

interface Rule extends Reason {
  readonly forbids: (facts: AutomaticSendFacts) => boolean
}

/** Each forbids an automatic reply; every one that does is told. */
export const automaticSendRules: readonly Rule[] = [
  {
    code: 'OPERATOR_OFF',
    text: 'The operator has switched automatic sending off.',
    forbids: ({ operatorAllows }) => !operatorAllows,
  },
  { code: 'AUTONOMY_OFF', text: 'Automatic sending is off.', forbids: ({ rules }) => rules.autonomy !== 'auto' },
  { code: 'SENDING_PAUSED', text: 'You have paused automatic sending.', forbids: ({ rules }) => rules.sendingPaused },
  {
    code: 'CORRESPONDENT_EXCLUDED',
    text: 'You do not let this person be answered automatically.',
    forbids: ({ rules: { allowedCorrespondents: allowed, deniedCorrespondents: denied }, correspondent }) =>
      denied.includes(correspondent) || (allowed.length > 0 && !allowed.includes(correspondent)),
  },
  {
    code: 'DAILY_CAP',
    text: 'As many automatic replies as you allow went out in the last 24 hours.',
    forbids: ({ rules, sent }) => sent.lastDay >= rules.dailySendCap,
  },
  {
    code: 'HOURLY_CAP',
    text: 'As many automatic replies as you allow went out in the last hour.',
    forbids: ({ rules, sent }) => sent.lastHour >= rules.hourlySendCap,
  },
  {
    code: 'CORRESPONDENT_CAP',
    text: 'This person got as many automatic replies as you allow in the last 24 hours.',
    forbids: ({ rules, sent }) => sent.toCorrespondent >= rules.correspondentDailyCap,
  },
  {
    code: 'ANSWERED_AUTOMATICALLY',
    text: 'An automatic reply has gone into this conversation since this mail came.',
    forbids: ({ isAnswered }) => isAnswered,
  },
]

/** What forbids it, or the end of the owner's quiet hours to wait for; null: it may go out. */
export function judgeAutomaticSend(facts: AutomaticSendFacts, now: Date): Obstacle | null {
  const reasons = automaticSendRules.filter((rule) => rule.forbids(facts)).map(({ code, text }) => ({ code, text }))
  if (reasons.length > 0) return { kind: 'withdraw', reasons }
  const { quietHours, timeZone } = facts.rules
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
  { ctx, userId, entry, reply }: Dispatch,
  rules: Settings,
): Promise<Obstacle | null> {
  const now = ctx.clock.now()
  const correspondent = reply.fromAddress
  const thread = { mailboxId: entry.mailboxId, threadId: reply.threadId, since: reply.receivedAt, outboxId: entry.id }
  const facts = {
    operatorAllows: ctx.config.autoSendEnabled && !(await automaticSendingStoppedSince(db)),
    rules,
    correspondent,
    sent: await countAutomaticSends(db, userId, correspondent, now),
    isAnswered: await hasAutomaticReply(db, userId, thread),
  }
  return judgeAutomaticSend(facts, now)
}
