import type { Transaction } from 'kysely'
import type { AppContext } from '../../context.ts'
import { removeFromQuarantine } from '../../db/mailboxes/quarantine.ts'
import type { DB } from '../../db/engine/schema.ts'
import { isUpstream, messageOf } from '../../errors.ts'
import { step } from '../../step.ts'
import { isLeftOut } from './changes.ts'
import { renewLease, type Sync } from './sync-lease.ts'
import { failureOfGmail } from './probe.ts'
import { removeEmails } from './removal.ts'
import { quarantineMessage, type QuarantinedMessage } from './quarantine-message.ts'

const concurrency = 4

interface Email {
  readonly id: string
  readonly gmailId: string
  readonly labels: readonly string[]
}

/** A stored mail with the labels Gmail says it has; with those stored where it does not say. */
export type LookedUp = Email & (QuarantinedMessage | { readonly kind: 'found' } | { readonly kind: 'gone' })

/** Asks Gmail for stored mails one by one. Throws when it is not single messages that Gmail answers badly. */
export async function lookUp(ctx: AppContext, sync: Sync, emails: readonly Email[]): Promise<LookedUp[]> {
  const found: LookedUp[] = []
  for (let start = 0; start < emails.length; start += concurrency) {
    if (start > 0) await renewLease(ctx, sync)
    const errors: unknown[] = []
    const labelsOf = async ({ id, gmailId, labels }: Email): Promise<LookedUp> => {
      const email = { id, gmailId, labels }
      try {
        const now = await step('gmail-get-labels', () => ctx.mailbox.getLabels(sync, gmailId, sync.signal))
        return { ...email, labels: now, kind: isLeftOut(now) ? 'gone' : 'found' }
      } catch (error) {
        if (isUpstream(error, 'not_found')) return { ...email, kind: 'gone' }
        const reason = messageOf(error)
        if (isUpstream(error, 'rejected')) return { ...email, kind: 'unreadable', reason }
        errors.push(error)
        return { ...email, kind: 'unanswered', reason }
      }
    }
    found.push(...(await Promise.all(emails.slice(start, start + concurrency).map(labelsOf))))
    const failure = errors.length > 0 ? await failureOfGmail(ctx, sync, errors) : null
    if (failure) throw failure.error
  }
  return found
}

/** What is gone goes, and what Gmail would not tell of is asked again later. */
export async function settleLookedUp(
  ctx: AppContext,
  trx: Transaction<DB>,
  sync: Sync,
  emails: readonly LookedUp[],
): Promise<void> {
  const settled: string[] = []
  const gone = emails.filter(({ kind }) => kind === 'gone').map(({ id }) => id)
  await removeEmails(ctx, trx, sync.userId, gone)
  for (const email of emails) {
    if (email.kind === 'found' || email.kind === 'gone') settled.push(email.gmailId)
    else await quarantineMessage(ctx, trx, sync, email)
  }
  await removeFromQuarantine(trx, sync.userId, sync.mailboxId, settled)
}
