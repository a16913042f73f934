import type { Kysely } from 'kysely'
import type { AppContext } from '../context.ts'
import { readSendFacts } from '../db/sending/automatic-sends.ts'
import type { DB } from '../db/engine/schema.ts'
import { agentVersion } from './prompts.ts'
import type { ChangingFacts } from './review-facts.ts'

type SendFacts = Parameters<typeof readSendFacts>

/** What may have changed by now, read alike for a run and for a send that is about to begin. */
export async function readChangingFacts(
  db: Kysely<DB>,
  ctx: AppContext,
  userId: string,
  { mail, now, ...known }: Pick<ChangingFacts, 'settings' | 'reply' | 'confidence'> & { mail: SendFacts[2]; now: Date },
): Promise<ChangingFacts> {
  const { isStopped, ...facts } = await readSendFacts(db, userId, mail, { now, agentVersion: agentVersion(ctx.model) })
  // Switched on in the configuration, and not stopped since.
  return { ...facts, ...known, operatorAllows: ctx.config.autoSendEnabled && !isStopped }
}
