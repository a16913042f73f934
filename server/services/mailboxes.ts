import type { Kysely } from 'kysely'
import type { ListMailboxesInput, Mailbox, MailboxList } from '../../shared-types/index.ts'
import type { AppContext } from '../context.ts'
import { findMailbox, listMailboxes } from '../db/mailboxes/mailboxes.ts'
import { parseCursor, toPage } from '../db/engine/page.ts'
import type { DB } from '../db/engine/schema.ts'
import { AppError } from '../errors.ts'
import { inTransaction } from '../step.ts'

/** The owner's mailboxes in the order they were connected. */
export async function listOwnMailboxes(
  ctx: AppContext,
  userId: string,
  { limit, cursor }: ListMailboxesInput,
): Promise<MailboxList> {
  const after = cursor === undefined ? undefined : parseCursor(cursor)
  const rows = await listMailboxes(ctx.db, userId, { after, limit })
  const now = ctx.clock.now()
  return toPage(
    rows,
    limit,
    (row) => [row.createdAt, row.id],
    (row) => toMailbox(row, now),
  )
}

/** Asks for a sync now. NOT_FOUND, GMAIL_NEEDS_REAUTH, MAILBOX_DISCONNECTED. */
export async function requestSync(ctx: AppContext, userId: string, mailboxId: string): Promise<{ jobId: string }> {
  return inTransaction(ctx, 'request-sync', async (trx) => {
    await assertActive(trx, userId, mailboxId)
    return { jobId: await ctx.jobs.enqueue(trx, 'sync-mailbox', { userId, mailboxId }) }
  })
}

/** Throws NOT_FOUND, GMAIL_NEEDS_REAUTH or MAILBOX_DISCONNECTED when the mailbox cannot be read. */
export async function assertActive(db: Kysely<DB>, userId: string, mailboxId: string): Promise<void> {
  const mailbox = await findMailbox(db, userId, mailboxId)
  if (!mailbox) throw new AppError('NOT_FOUND', 'There is no such mailbox.')
  switch (mailbox.status) {
    case 'active':
      return
    case 'needs_reauth':
      throw new AppError('GMAIL_NEEDS_REAUTH', 'Google asks for your consent again: connect this mailbox once more.')
    case 'disconnected':
      throw new AppError('MAILBOX_DISCONNECTED', 'This mailbox is disconnected. Connect it again to read its mail.')
  }
}

function toMailbox(row: Awaited<ReturnType<typeof listMailboxes>>[number], now: Date): Mailbox {
  const { id, address, status, lastSyncAt, watchExpiresAt, lastError, importDone, importEstimated } = row
  const isImported = row.historyId !== null && lastSyncAt !== null
  return {
    id,
    address,
    status,
    lastSyncAt,
    cursorAgeSeconds: isImported ? secondsSince(lastSyncAt, now) : null,
    watchExpiresAt,
    lastError,
    importProgress:
      importDone === null ? null : { done: importDone, estimated: Math.max(importDone, importEstimated ?? 0) },
  }
}

function secondsSince(instant: string, now: Date): number {
  return Math.max(0, Math.round((now.getTime() - new Date(instant).getTime()) / 1000))
}
