import { quarantined, storedMail } from '../../../support/mailbox-rows.ts'
import { mailboxRow } from './rows.ts'
import type { GmailTrial } from './gmail-trial.ts'

/** Looks at the cursor from time to time: it never goes back, and never moves without the mail that waited. */
export class CursorWatch {
  readonly problems: string[] = []
  private readonly trial: GmailTrial
  private last: bigint | null | undefined

  constructor(trial: GmailTrial) {
    this.trial = trial
  }

  async look(): Promise<void> {
    const { historyId } = await mailboxRow(this.trial.scene)
    const { last } = this
    const cursor = historyId === null ? null : BigInt(historyId)
    this.last = cursor
    if (last === undefined || cursor === last) return
    if (last !== null && (cursor === null || cursor < last)) {
      this.problems.push(`the cursor went back from ${last} to ${cursor}`)
    }
    const missing = await this.missing()
    if (missing.length > 0) this.problems.push(`the cursor moved without ${missing.join(', ')}`)
  }

  private async missing(): Promise<string[]> {
    const { scene, log } = this.trial
    const ref = { userId: scene.owner.userId, mailboxId: scene.mailboxId }
    const stored = await storedMail(scene.app, ref)
    const waiting = new Set((await quarantined(scene.app, ref)).map(({ gmailId }) => gmailId))
    const gone = log.saidGone()
    return scene.gmailIds.filter((id) => !stored.has(id) && !waiting.has(id) && !gone.has(id))
  }
}
