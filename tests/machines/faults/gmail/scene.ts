import type { Clock } from '../../../../server/ports.ts'
import type { TestApp, TestOwner } from '../../../support/app.ts'
import { keepRows } from './kept-rows.ts'
import { type Workflow, type WorkflowName, workflows } from './workflows.ts'

/** A fresh owner at the moment before a workflow begins; the moment can be had again as often as wanted. */
export interface Scene {
  readonly app: TestApp
  readonly workflow: Workflow
  readonly owner: TestOwner
  readonly mailboxId: string
  /** The mail in Gmail at that moment. */
  readonly gmailIds: readonly string[]
  restore(): Promise<void>
}

export async function setScene(app: TestApp, name: WorkflowName): Promise<Scene> {
  const workflow: Workflow = workflows[name]
  app.clock.advance(-aheadOf(app.clock))
  // Whom earlier scenes left behind would be found by every sweep.
  await app.db.deleteFrom('users').execute()
  const { owner, mailboxId } = await workflow.prepare(app)
  const messages = await app.google.messages(owner.email)
  const gmailIds = messages.filter(({ labelIds }) => !labelIds.includes('DRAFT')).map(({ id }) => id)
  const restoreGoogle = app.google.checkpoint()
  const restoreRows = await keepRows(app.db)
  const aheadMs = aheadOf(app.clock)
  return {
    app,
    workflow,
    owner,
    mailboxId,
    gmailIds,
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
