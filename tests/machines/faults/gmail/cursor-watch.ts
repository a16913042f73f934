import { storedMail } from '../../../support/mailbox-rows.ts'
import { quarantined } from '../../../support/mailbox-rows.ts'
import { mailboxRow } from './rows.ts'
import type { Scene } from './scene.ts'

/** Looks at the cursor from time to time: it never goes back, and never moves without the mail that waited. */
export class CursorWatch {
  readonly problems: string[] = []
  private readonly scene: Scene
  private last: bigint | null = null

  constructor(scene: Scene) {
    this.scene = scene
  }

  async look(): Promise<void> {
    const { historyId } = await mailboxRow(this.scene)
    if (historyId === null) return
    const cursor = BigInt(historyId)
    const { last } = this
    this.last = cursor
    if (last !== null && cursor < last) this.problems.push(`the cursor went back from ${last} to ${cursor}`)
    if (cursor === last) return
    const missing = await this.missing()
    if (missing.length > 0) this.problems.push(`the cursor moved without ${missing.join(', ')}`)
  }

  private async missing(): Promise<string[]> {
    const { app, owner, mailboxId, gmailIds } = this.scene
    const ref = { userId: owner.userId, mailboxId }
    const stored = await storedMail(app, ref)
    const waiting = new Set((await quarantined(app, ref)).map(({ gmailId }) => gmailId))
    return gmailIds.filter((id) => !stored.has(id) && !waiting.has(id) && !this.scene.isGone(id))
  }
}
