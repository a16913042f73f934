import type { Transaction } from 'kysely'
import type { DraftFault } from '../../shared-types/index.ts'
import { differenceOf, faultOf } from '../agent/draft-fault.ts'
import type { DB } from '../db/engine/schema.ts'
import { agentsBody, deleteLesson, saveLesson } from '../db/sending/lessons.ts'

interface Refusal {
  readonly draftId: string
  /** As the owner says. */
  readonly fault: DraftFault | undefined
  readonly now: Date
}

/** What the owner made of the agent's own words is kept for the next draft; nothing where they are back. */
export async function learnFromEdit(
  trx: Transaction<DB>,
  userId: string,
  { draftId, body, fault, now }: Omit<Refusal, 'fault'> & { body: string; fault?: DraftFault | undefined },
): Promise<void> {
  const written = await agentsBody(trx, userId, draftId)
  if (written === undefined || written.trim() === body) return deleteLesson(trx, userId, draftId)
  const lesson = { draftId, outcome: 'edited', learnedAt: now.toISOString() } as const
  await saveLesson(trx, userId, { ...lesson, fault: fault ?? faultOf(written, body), ...differenceOf(written, body) })
}

/** The draft was of no use to its owner. */
export function learnFromRefusal(
  trx: Transaction<DB>,
  userId: string,
  { draftId, fault = 'OTHER', now }: Refusal,
): Promise<void> {
  const lesson = { draftId, outcome: 'not_usable', learnedAt: now.toISOString() } as const
  return saveLesson(trx, userId, { ...lesson, fault, removed: [], added: [] })
}
