import type { Kysely } from 'kysely'
import type { AppContext } from '../../context.ts'
import { quarantine } from '../../db/quarantine.ts'
import type { DB } from '../../db/schema.ts'
import type { Sync } from './lease.ts'

/** A message that Gmail answers badly although it answers otherwise, or one that was refused or is no mail. */
export interface Unread {
  readonly kind: 'unanswered' | 'unreadable'
  readonly gmailId: string
  readonly reason: string
}

/** How long until a message is tried again, in seconds; every further time the pause doubles, up to the longest. */
const pauses = {
  unanswered: { pauseSeconds: 300, maxPauseSeconds: 86_400 },
  unreadable: { pauseSeconds: 86_400, maxPauseSeconds: 32 * 86_400 },
} as const

/** Keeps it by name, to be tried again: one message holds up no other. */
export async function setAside(
  ctx: AppContext,
  trx: Kysely<DB>,
  { userId, mailboxId }: Sync,
  { kind, gmailId, reason }: Unread,
): Promise<void> {
  const now = ctx.clock.now().toISOString()
  await quarantine(trx, userId, { mailboxId, gmailId, reason, now, ...pauses[kind] })
}
