import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import {
  findMailboxTokens,
  replaceMailboxTokens,
  type SealedTokens,
  stopMailboxForReauth,
  tokenPlace,
} from '../db/mailboxes/tokens.ts'
import { insertNotification } from '../db/accounts/notifications.ts'
import type { DB } from '../db/engine/schema.ts'
import { isUpstream, UpstreamError } from '../errors.ts'
import type { AccessTokens, Clock, GoogleAuth, MailboxRef, Sealer } from '../ports.ts'
import { inTransaction, step } from '../step.ts'

/** An access token that ends sooner is refreshed first: the call it is for must get through. */
const minimumLifeMs = 60_000

export interface GoogleTokensContext {
  readonly db: Kysely<DB>
  readonly sealer: Sealer
  readonly googleAuth: GoogleAuth
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Access tokens from the mailbox row. Callers of this process share one refresh, which ends by its own deadline and
 * not by the signal of one of them; among processes the first one to store wins. A dead grant stops the mailbox and
 * tells its owner once. `needs_reauth` when there is no usable grant.
 */
export function createPgGoogleTokens(ctx: GoogleTokensContext): AccessTokens {
  const refreshes = new Map<string, Promise<string>>()

  function shareRefresh(mailbox: MailboxRef, rejected: string | undefined): Promise<string> {
    const key = `${mailbox.userId} ${mailbox.mailboxId}`
    const running = refreshes.get(key)
    if (running) return running
    const refresh = refreshIfNeeded(ctx, mailbox, rejected).finally(() => refreshes.delete(key))
    refreshes.set(key, refresh)
    return refresh
  }

  return {
    async get(mailbox, { rejected } = {}) {
      const stored = await readGrant(ctx, mailbox)
      const token = usableToken(ctx, stored, rejected) ?? (await shareRefresh(mailbox, rejected))
      // A refresh that was under way for another reason may have found the very token that was refused.
      return token === rejected ? shareRefresh(mailbox, rejected) : token
    },
  }
}

interface Grant {
  readonly sealed: SealedTokens
  readonly accessToken: string | null
  readonly refreshToken: string | null
  readonly expiresAt: Date
}

/** The tokens of an active mailbox, opened. */
async function readGrant({ db, sealer }: GoogleTokensContext, { userId, mailboxId }: MailboxRef): Promise<Grant> {
  const row = await findMailboxTokens(db, userId, mailboxId)
  if (row?.status !== 'active') throw needsReauth(`The mailbox is ${row?.status ?? 'gone'}.`)
  const { accessToken, refreshToken, tokenExpiresAt } = row
  const open = (blob: Buffer | null, column: Parameters<typeof tokenPlace>[2]) =>
    blob && sealer.open(blob, tokenPlace(userId, mailboxId, column))
  return {
    sealed: { accessToken, refreshToken },
    accessToken: open(accessToken, 'access_token'),
    refreshToken: open(refreshToken, 'refresh_token'),
    expiresAt: new Date(tokenExpiresAt ?? 0),
  }
}

function usableToken({ clock }: GoogleTokensContext, grant: Grant, rejected: string | undefined): string | null {
  const isAlive = grant.expiresAt.getTime() - clock.now().getTime() >= minimumLifeMs
  return isAlive && grant.accessToken !== rejected ? grant.accessToken : null
}

async function refreshIfNeeded(
  ctx: GoogleTokensContext,
  mailbox: MailboxRef,
  rejected: string | undefined,
): Promise<string> {
  const grant = await readGrant(ctx, mailbox)
  const token = usableToken(ctx, grant, rejected)
  if (token) return token
  try {
    return await refresh(ctx, mailbox, grant)
  } catch (error) {
    if (!isUpstream(error, 'needs_reauth')) throw error
    const stop = ({ sealed }: Grant) => stopMailbox(ctx, mailbox, sealed.refreshToken)
    if (await compareAndSet(ctx, mailbox, grant, stop)) throw error
    return storedToken(ctx, mailbox, rejected, error)
  }
}

/** Sets it once more where the stored tokens are the same ones, sealed with another key since they were read. */
async function compareAndSet(
  ctx: GoogleTokensContext,
  mailbox: MailboxRef,
  grant: Grant,
  set: (expected: Grant) => Promise<boolean>,
): Promise<boolean> {
  if (await set(grant)) return true
  const now = await readGrant(ctx, mailbox)
  const isSame = now.accessToken === grant.accessToken && now.refreshToken === grant.refreshToken
  return isSame && set(now)
}

async function refresh(ctx: GoogleTokensContext, mailbox: MailboxRef, grant: Grant): Promise<string> {
  const { refreshToken } = grant
  if (!refreshToken) throw needsReauth('The mailbox has no refresh token.')
  const renewed = await step('google-refresh-token', () => ctx.googleAuth.refresh(refreshToken))
  const to = {
    accessToken: ctx.sealer.seal(renewed.accessToken, tokenPlace(mailbox.userId, mailbox.mailboxId, 'access_token')),
    tokenExpiresAt: renewed.expiresAt.toISOString(),
    ...(renewed.refreshToken && {
      refreshToken: ctx.sealer.seal(
        renewed.refreshToken,
        tokenPlace(mailbox.userId, mailbox.mailboxId, 'refresh_token'),
      ),
    }),
  }
  const store = ({ sealed: from }: Grant) =>
    step('store-google-tokens', () => replaceMailboxTokens(ctx.db, mailbox.userId, mailbox.mailboxId, { from, to }))
  if (await compareAndSet(ctx, mailbox, grant, store)) return renewed.accessToken
  return storedToken(ctx, mailbox, undefined, new UpstreamError('google-oauth', 'unavailable', 'The tokens changed.'))
}

/** What the faster one stored; `otherwise` is thrown when that is no usable token either. */
async function storedToken(
  ctx: GoogleTokensContext,
  mailbox: MailboxRef,
  rejected: string | undefined,
  otherwise: UpstreamError,
): Promise<string> {
  const token = usableToken(ctx, await readGrant(ctx, mailbox), rejected)
  if (!token) throw otherwise
  return token
}

/** Whether this caller was the one that stopped it; the owner is told in the same transaction, so once. */
function stopMailbox(
  { db, clock, logger }: GoogleTokensContext,
  { userId, mailboxId }: MailboxRef,
  refreshToken: Buffer | null,
): Promise<boolean> {
  return inTransaction({ db }, 'stop-mailbox-for-reauth', async (trx) => {
    const lastError = 'GMAIL_NEEDS_REAUTH'
    const stopped = await stopMailboxForReauth(trx, userId, mailboxId, { refreshToken, lastError })
    if (!stopped) return false
    const payload = { mailboxId, address: stopped.address }
    await insertNotification(trx, userId, 'mailbox_needs_reauth', payload, clock.now().toISOString())
    logger.warn({ userId, mailboxId }, 'the grant of a mailbox is dead')
    return true
  })
}

function needsReauth(message: string): UpstreamError {
  return new UpstreamError('google-oauth', 'needs_reauth', message)
}
