import type { Transaction } from 'kysely'
import { enqueueSend } from '../../agent/enqueue-send.ts'
import type { AppContext } from '../../context.ts'
import { hastenRecheck } from '../../db/sending/sends.ts'
import type { DB } from '../../db/engine/schema.ts'

/** Something has come into the thread of this mail: a reply of unknown outcome may have shown itself, and is looked for. */
export async function lookForUnknownSend(
  ctx: AppContext,
  trx: Transaction<DB>,
  userId: string,
  emailId: string,
): Promise<void> {
  const unknown = await hastenRecheck(trx, userId, emailId, ctx.clock.now().toISOString())
  if (unknown) await enqueueSend(ctx, trx, userId, unknown.id)
}
