import type { Transaction } from 'kysely'
import type { AppContext } from '../../context.ts'
import { noteCorrespondent } from '../../db/emails/contacts.ts'
import { insertEmail, type NewEmail } from '../../db/emails/store.ts'
import { setDisplayName, type SyncProgress } from '../../db/mailboxes/sync.ts'
import { removeFromQuarantine } from '../../db/mailboxes/quarantine.ts'
import type { DB } from '../../db/engine/schema.ts'
import { dmarcOf } from '../../mail/authentication.ts'
import { inTransaction } from '../../step.ts'
import { updateSync, type Sync } from './sync-lease.ts'
import { type Fetched, fetchUnknown } from './message-import.ts'
import { quarantineAndNotify } from './quarantine-message.ts'
import { settleThreads } from './thread-changes.ts'

/**
 * Fetches what is not known yet and stores it; answers how many messages were read. When something could not be read
 * now, the rest is stored all the same, no progress is made and nothing follows.
 */
export async function fetchAndStore(
  ctx: AppContext,
  sync: Sync,
  wanted: { gmailIds: readonly string[]; after: Date },
  progress: SyncProgress = {},
  follow?: (trx: Transaction<DB>) => Promise<void>,
): Promise<number> {
  const { fetched, failure } = await fetchUnknown(ctx, sync, wanted)
  if (failure) {
    if (fetched.length > 0) await storeFetched(ctx, sync, fetched)
    throw failure.error
  }
  await storeFetched(ctx, sync, fetched, progress, follow)
  return fetched.length
}

/** One transaction: the rows, the cursor or progress that stands for them, and what follows. */
async function storeFetched(
  ctx: AppContext,
  sync: Sync,
  fetched: readonly Fetched[],
  progress: SyncProgress = {},
  follow?: (trx: Transaction<DB>) => Promise<void>,
): Promise<void> {
  await inTransaction(ctx, 'store-messages', async (trx) => {
    await updateSync(ctx, trx, sync, progress)
    await storeMails(ctx, trx, sync, fetched)
    await updateQuarantine(ctx, trx, sync, fetched)
    await follow?.(trx)
  })
}

async function storeMails(
  ctx: AppContext,
  trx: Transaction<DB>,
  sync: Sync,
  fetched: readonly Fetched[],
): Promise<void> {
  const { userId } = sync
  const emailIds: string[] = []
  const stored: NewEmail[] = []
  for (const message of fetched) {
    const emailId = message.kind === 'mail' && (await insertEmail(trx, userId, message.email))
    if (!emailId) continue
    emailIds.push(emailId)
    stored.push(message.email)
  }
  if (emailIds.length === 0) return
  await settleThreads(ctx, trx, userId, emailIds)
  await noteCorrespondents(ctx, trx, sync, stored)
  await ctx.jobs.enqueue(trx, 'embed-emails', { userId, emailIds })
}

async function noteCorrespondents(
  ctx: AppContext,
  trx: Transaction<DB>,
  { userId, mailboxId }: Sync,
  emails: readonly NewEmail[],
): Promise<void> {
  const people = new Map<string, { name: string; company: string | null }>()
  for (const { direction, from, to, headers } of emails) {
    // Whose name another may use is no witness of where they work.
    const isTheirs = direction === 'in' && dmarcOf(headers) === 'pass'
    const company = isTheirs ? (headers['organization'] ?? null) : null
    for (const { address, name } of direction === 'in' ? [from] : to) {
      if (address === '') continue
      const known = people.get(address)
      people.set(address, { name: known?.name || name, company: known?.company ?? company })
    }
    if (direction === 'out' && from.address !== '') await setDisplayName(trx, userId, mailboxId, from.name)
  }
  // In one order for everybody: two mailboxes of an owner share correspondents and would wait for each other.
  const now = ctx.clock.now().toISOString()
  for (const [address, told] of [...people].sort(([a], [b]) => (a < b ? -1 : 1))) {
    await noteCorrespondent(trx, userId, { address, ...told, now })
  }
}

/** What could not be read is kept by name; what was read at last, or is gone, is not any more. */
async function updateQuarantine(
  ctx: AppContext,
  trx: Transaction<DB>,
  sync: Sync,
  fetched: readonly Fetched[],
): Promise<void> {
  const settled: string[] = []
  for (const message of fetched) {
    if (message.kind === 'mail' || message.kind === 'left_out') settled.push(message.gmailId)
    else await quarantineAndNotify(ctx, trx, sync, message)
  }
  await removeFromQuarantine(trx, sync.userId, sync.mailboxId, settled)
}
