import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../server/errors.ts'
import type { Api } from './api.ts'
import { paint, progress } from './say.ts'

const deadlineMs = 120_000
const intervalMs = 250

/** Shows the work while it goes on; ends when every mail has been decided. */
export async function watchProcessing(api: Api): Promise<void> {
  const startedAt = performance.now()
  for (;;) {
    const [{ items: mailboxes }, { byStatus }] = await Promise.all([
      api.mailboxes.list.query(),
      api.emails.stats.query(),
    ])
    const mailbox = mailboxes[0]
    const total = Object.values(byStatus).reduce((sum, count) => sum + count, 0)
    const open = byStatus.pending + byStatus.processing
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    if (mailbox?.lastSyncAt && total > 0 && open === 0) {
      progress(`${bar(1)} ${total} incoming mails read and decided in ${seconds} s`, true)
      return
    }
    if (performance.now() - startedAt > deadlineMs) {
      throw new StartError(
        `After ${seconds} s ${open} of ${total} mails are still open${mailbox?.lastError ? `: ${mailbox.lastError}` : ''}.`,
      )
    }
    progress(
      total === 0
        ? `${bar(0)} reading the mailbox …`
        : `${bar((total - open) / total)} ${total - open} of ${total} mails decided`,
    )
    await sleep(intervalMs)
  }
}

function bar(share: number): string {
  const width = 24
  const full = Math.round(share * width)
  return paint('cyan', '█'.repeat(full)) + paint('dim', '░'.repeat(width - full))
}
