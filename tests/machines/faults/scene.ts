import type { Clock } from '../../../server/ports.ts'
import type { TestApp, TestOwner } from '../../support/app.ts'
import { keepRows } from './kept-rows.ts'

/** A fresh owner at the moment before something happens; the moment can be had again as often as wanted. */
export interface Scene {
  readonly app: TestApp
  readonly owner: TestOwner
  readonly mailboxId: string
  /** The mail in Gmail at that moment. */
  readonly gmailIds: readonly string[]
  restore(): Promise<void>
}

/** `name` must not be that of another scene on this app. */
export async function setScene(
  app: TestApp,
  name: string,
  prepare: (app: TestApp) => Promise<{ owner: TestOwner; mailboxId: string }>,
): Promise<Scene> {
  app.clock.advance(-aheadOf(app.clock))
  // Whom earlier scenes left behind would be found by every sweep.
  await app.db.deleteFrom('users').execute()
  const { owner, mailboxId } = await prepare(app)
  const messages = await app.google.messages(owner.email)
  const restoreGoogle = app.google.checkpoint()
  const restoreRows = await keepRows(app.db, `kept_${name.toLowerCase()}`)
  const aheadMs = aheadOf(app.clock)
  return {
    app,
    owner,
    mailboxId,
    gmailIds: messages.filter(({ labelIds }) => !labelIds.includes('DRAFT')).map(({ id }) => id),
    async restore() {
      restoreGoogle()
      await restoreRows()
      app.clock.advance(aheadMs - aheadOf(app.clock))
    },
  }
}

/** How far a clock is ahead of the true time, in ms. */
export function aheadOf(clock: Clock): number {
  return clock.now().getTime() - Date.now()
}
