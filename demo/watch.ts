import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../server/errors.ts'
import type { Api } from './api.ts'
import { runAgain } from './failure.ts'
import { paint, progress } from './say.ts'

const intervalMs = 250
/** Two minutes, or longer where every look takes its time. */
const patience = 480

/**
 * Shows the work while it goes on; ends when every mail has been decided. Looks are counted, and not the time, and only
 * those that find nothing new: a busy machine is slow, not broken.
 */
export async function watchProcessing(api: Api, { pauseMs = intervalMs, looks = patience } = {}): Promise<void> {
  const startedAt = performance.now()
  let last = ''
  let inVain = 0
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
    const now = `${open} of ${total} mails are still open`
    inVain = now === last ? inVain + 1 : 0
    last = now
    if (inVain >= looks) {
      const why = mailbox?.lastError ? `: ${mailbox.lastError}` : ''
      throw new StartError(`After ${seconds} s ${now}, and nothing goes on${why}. ${runAgain}`)
    }
    progress(
      total === 0
        ? `${bar(0)} reading the mailbox …`
        : `${bar((total - open) / total)} ${total - open} of ${total} mails decided`,
    )
    await sleep(pauseMs)
  }
}

function bar(share: number): string {
  const width = 24
  const full = Math.round(share * width)
  return paint('cyan', '█'.repeat(full)) + paint('dim', '░'.repeat(width - full))
}
