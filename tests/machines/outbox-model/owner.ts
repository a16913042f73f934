import { AppError } from '../../../server/errors.ts'
import { approveDraft, cancelSend } from '../../../server/services/drafts.ts'
import { resolveSend } from '../../../server/services/sending/resolve-send.ts'
import type { Stored } from './one-mail.ts'
import type { Stage } from './stage.ts'
import type { GmailDraft } from './world.ts'

const draftOf = ({ bench }: Stage) => ({ draftId: bench.draftId, version: 1 })

export async function approve(stage: Stage): Promise<void> {
  await approveDraft(stage.ctx, stage.bench.userId, draftOf(stage))
}

/** Undo: answered OK, or refused because it is too late. */
export async function cancel(stage: Stage): Promise<void> {
  const { owner } = stage.world
  owner.hasCancelled = true
  try {
    await cancelSend(stage.ctx, stage.bench.userId, draftOf(stage))
    owner.isUndone = true
  } catch (error) {
    if (!(error instanceof AppError)) throw error
  }
}

/** Tidies up the drafts in Gmail. */
export function deleteDrafts({ world }: Stage): void {
  world.gmail.drafts.clear()
}

/** Writes other words into the draft in Gmail; what Gmail saves then carries no header of ours. */
export function rewriteDrafts(stage: Stage): void {
  alterDrafts(stage, ({ mail }) => ({ mail: { ...mail, text: 'Dear Ada, I have thought again.' }, header: null }))
}

/** Lets somebody else have it, unseen; a program that does so leaves our header. */
export function redirectDrafts(stage: Stage): void {
  const bcc = [{ name: '', address: 'charles@engine.example' }]
  alterDrafts(stage, ({ mail }) => ({ mail: { ...mail, bcc } }))
}

export function retitleDrafts(stage: Stage): void {
  alterDrafts(stage, ({ mail }) => ({ mail: { ...mail, subject: 'Something else' } }))
}

export function moveDrafts(stage: Stage): void {
  alterDrafts(stage, () => ({ threadId: 'another-thread' }))
}

function alterDrafts({ world: { gmail } }: Stage, alter: (draft: GmailDraft) => Partial<GmailDraft>): void {
  for (const [id, draft] of gmail.drafts) gmail.drafts.set(id, { ...draft, ...alter(draft), isAltered: true })
}

/** Settles what is unknown as Gmail truly shows it, and approves once more what was not sent. False: all is done. */
export async function decideAgain(stage: Stage, { draft, entries }: Stored): Promise<boolean> {
  const { world, ctx, bench } = stage
  if (draft === 'unknown') {
    const isSent = world.gmail.sent.some(({ mail }) => mail.outboxId === entries.at(-1)?.id)
    await resolveSend(ctx, bench.userId, { ...draftOf(stage), outcome: isSent ? 'sent' : 'not_sent' })
    return true
  }
  if (draft !== 'pending' || world.owner.hasDecidedAgain) return false
  world.owner.hasDecidedAgain = true
  await approve(stage)
  return true
}
