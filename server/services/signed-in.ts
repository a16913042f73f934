import type { Kysely, Transaction } from 'kysely'
import type { AuditAction } from '../../shared-types/index.ts'
import type { RequestContext, SessionCaller } from '../context.ts'
import { writeAudit } from '../db/accounts/audit.ts'
import { isSessionAlive } from '../db/accounts/sessions.ts'
import { findCredentials } from '../db/accounts/users.ts'
import type { DB } from '../db/engine/schema.ts'
import { AppError } from '../errors.ts'
import { networkOf } from '../security/network.ts'

/** UNAUTHENTICATED for a session that was ended, whatever its access token says. */
export async function assertAlive(db: Kysely<DB>, { userId, sessionId }: SessionCaller): Promise<void> {
  if (!(await isSessionAlive(db, userId, sessionId))) throw sessionEnded()
}

export function sessionEnded(): AppError {
  return new AppError('UNAUTHENTICATED', 'Your session has ended. Sign in again.')
}

/** Of whoever is signed in. UNAUTHENTICATED when the account is gone. */
export async function ownCredentials(db: Kysely<DB>, userId: string) {
  const user = await findCredentials(db, userId)
  if (!user) throw new AppError('UNAUTHENTICATED', 'This account does not exist any more.')
  return user
}

/** What an owner did, and from which network. As the last thing of a transaction. */
export function auditRequest(
  { clock, clientAddress }: RequestContext,
  trx: Transaction<DB>,
  userId: string,
  action: AuditAction,
  detail: Readonly<Record<string, string>> = {},
): Promise<void> {
  return writeAudit(trx, userId, { at: clock.now(), action, detail: { ...detail, network: networkOf(clientAddress) } })
}
