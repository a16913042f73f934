import type { AppContext } from '../../context.ts'
import { isUpstream } from '../../errors.ts'
import { step } from '../../step.ts'
import { keepLease, type Sync } from './lease.ts'
import { failureOfGmail } from './probe.ts'

const concurrency = 4

interface Email {
  readonly id: string
  readonly gmailId: string
  readonly labels: readonly string[]
}

/** A stored mail with its labels in Gmail; null when it is gone there. */
export interface LookedUp extends Omit<Email, 'labels'> {
  readonly labels: readonly string[] | null
}

/** Asks Gmail for stored mails one by one; one that it answers badly, while it answers otherwise, is left as it is. */
export async function lookUp(ctx: AppContext, sync: Sync, emails: readonly Email[]): Promise<LookedUp[]> {
  const found: LookedUp[] = []
  for (let start = 0; start < emails.length; start += concurrency) {
    if (start > 0) await keepLease(ctx, sync)
    const errors: unknown[] = []
    const labelsOf = async (email: Email): Promise<LookedUp> => {
      try {
        const labels = await step('gmail-get-labels', () => ctx.mailbox.getLabels(sync, email.gmailId, sync.signal))
        return { ...email, labels }
      } catch (error) {
        if (isUpstream(error, 'not_found')) return { ...email, labels: null }
        if (!isUpstream(error, 'rejected')) errors.push(error)
        return email
      }
    }
    found.push(...(await Promise.all(emails.slice(start, start + concurrency).map(labelsOf))))
    const failure = errors.length > 0 ? await failureOfGmail(ctx, sync, errors) : null
    if (failure) throw failure.error
  }
  return found
}
