import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { ConsentFailure } from '../../shared-types/index.ts'
import type { AppContext, SessionCaller } from '../context.ts'
import { writeAudit } from '../db/accounts/audit.ts'
import { claimIdentity } from '../db/accounts/google-identities.ts'
import { isSessionAlive } from '../db/accounts/sessions.ts'
import type { DB } from '../db/engine/schema.ts'
import { cancelRevocations } from '../db/mailboxes/grant-revocations.ts'
import { findMailboxBySubject, upsertConnectedMailbox } from '../db/mailboxes/mailbox-connection.ts'
import { tokenPlace } from '../db/mailboxes/tokens.ts'
import type { GoogleGrant } from '../ports.ts'
import { inTransaction } from '../step.ts'
import { allowsMail } from './google-scopes.ts'

type OfflineGrant = GoogleGrant & { readonly refreshToken: string }

/** One transaction: the account claimed, the mailbox stored with sealed tokens, its first sync and its watch enqueued. */
export async function linkMailbox(
  ctx: AppContext,
  { userId, sessionId }: SessionCaller,
  { refreshToken, ...rest }: GoogleGrant,
): Promise<{ connected: string } | { error: ConsentFailure }> {
  if (!refreshToken) return { error: 'EXCHANGE_FAILED' }
  if (!rest.addressVerified) return { error: 'ADDRESS_UNVERIFIED' }
  if (!allowsMail(rest.scopes)) return { error: 'SCOPE_MISSING' }
  const grant: OfflineGrant = { ...rest, refreshToken }
  return inTransaction(ctx, 'link-mailbox', async (trx) => {
    // Again, because the exchange took its time: a session that ended meanwhile links nothing.
    if (!(await isSessionAlive(trx, userId, sessionId))) return { error: 'SESSION_ENDED' }
    const at = ctx.clock.now()
    if (!(await claimIdentity(trx, userId, grant))) {
      await writeAudit(trx, userId, { at, action: 'MAILBOX_REFUSED', detail: { reason: 'MAILBOX_TAKEN' } })
      return { error: 'MAILBOX_TAKEN' }
    }
    // What was to be ended at Google would take the new grant along: it ends the account's whole consent.
    if (!(await cancelRevocations(trx, grant.subject, at.toISOString()))) {
      ctx.logger.warn({ userId }, 'a mailbox was not linked while its earlier grant is being revoked')
      return { error: 'EXCHANGE_FAILED' }
    }
    const mailboxId = await storeMailbox(ctx, trx, userId, grant)
    await ctx.jobs.enqueue(trx, 'sync-mailbox', { userId, mailboxId })
    if (ctx.config.push) await ctx.jobs.enqueue(trx, 'renew-watch', { userId, mailboxId })
    await writeAudit(trx, userId, { at, action: 'MAILBOX_CONNECTED', detail: { mailboxId } })
    return { connected: mailboxId }
  })
}

async function storeMailbox(ctx: AppContext, db: Kysely<DB>, userId: string, grant: OfflineGrant): Promise<string> {
  const known = await findMailboxBySubject(db, userId, grant.subject)
  const id = known?.id ?? randomUUID()
  await upsertConnectedMailbox(db, userId, {
    id,
    googleSubject: grant.subject,
    address: grant.address,
    scopes: [...grant.scopes],
    accessToken: ctx.sealer.seal(grant.accessToken, tokenPlace(userId, id, 'access_token')),
    refreshToken: ctx.sealer.seal(grant.refreshToken, tokenPlace(userId, id, 'refresh_token')),
    tokenExpiresAt: grant.expiresAt.toISOString(),
  })
  return id
}
