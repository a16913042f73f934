import type { Kysely } from 'kysely'
import type { AppContext } from '../../context.ts'
import { insertNotification } from '../../db/accounts/notifications.ts'
import { type KnownFacts, upsertQuarantined } from '../../db/mailboxes/quarantine.ts'
import type { DB } from '../../db/engine/schema.ts'
import type { Sync } from './sync-lease.ts'

/** A message that Gmail answers badly although it answers otherwise, or one that was refused or is no mail. */
export interface QuarantinedMessage {
  readonly kind: 'unanswered' | 'unreadable'
  readonly gmailId: string
  readonly reason: string
  readonly known?: KnownFacts
}

/** How long until a message is tried again, in seconds; every further time the pause doubles, up to the longest. */
const pauses = {
  unanswered: { pauseSeconds: 300, maxPauseSeconds: 86_400 },
  unreadable: { pauseSeconds: 86_400, maxPauseSeconds: 32 * 86_400 },
} as const

/** Keeps it by name, to be retried: one message holds up no other. Answers its id and how often it was tried. */
export function quarantineMessage(
  ctx: AppContext,
  trx: Kysely<DB>,
  { userId, mailboxId }: Sync,
  { kind, gmailId, reason, known }: QuarantinedMessage,
): Promise<{ id: string; tries: number }> {
  const now = ctx.clock.now().toISOString()
  return upsertQuarantined(trx, userId, { mailboxId, gmailId, reason, now, known, ...pauses[kind] })
}

/** As `quarantineMessage`, for a message that is not stored: its owner is told the first time. */
export async function quarantineAndNotify(
  ctx: AppContext,
  trx: Kysely<DB>,
  sync: Sync,
  message: QuarantinedMessage,
): Promise<void> {
  const { id, tries } = await quarantineMessage(ctx, trx, sync, message)
  if (tries > 1) return
  const { userId, mailboxId } = sync
  const payload = { quarantinedId: id, mailboxId, reason: message.reason }
  await insertNotification(trx, userId, 'mail_quarantined', payload, ctx.clock.now().toISOString())
}
