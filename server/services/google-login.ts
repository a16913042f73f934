import { randomUUID } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { ConsentFailure, Logins } from '../../shared-types/index.ts'
import type { AppContext, RequestContext, SessionCaller } from '../context.ts'
import { allowLogin, claimIdentity, findIdentity, listLogins, removeLogins } from '../db/accounts/google-identities.ts'
import { endOtherSessions, lockAliveSession } from '../db/accounts/sessions.ts'
import { findUserByEmail, insertUser, lockUser } from '../db/accounts/users.ts'
import type { DB } from '../db/engine/schema.ts'
import { AppError } from '../errors.ts'
import type { GoogleGrant } from '../ports.ts'
import { countAttempt } from '../security/attempt-limits.ts'
import { inTransaction } from '../step.ts'
import { type Session, startSession } from './refresh-tokens.ts'
import { keepInBrowser, placeOf } from './sessions.ts'
import { auditRequest, ownCredentials } from './signed-in.ts'
import { assertRoomForUser } from './single-user.ts'

// Google is the only issuer there is, so its subject alone names an account; an address never does: it may have been
// written down by somebody else, and it may come to belong to somebody else.

type LoginOutcome = { login: 'google' } | { error: ConsentFailure }

/** Signs the owner of this Google account in, who is made when there is none; the browser holds the refresh cookie then. */
export async function loginWithGoogle(ctx: RequestContext, grant: GoogleGrant): Promise<LoginOutcome> {
  const known = await findIdentity(ctx.db, grant.subject)
  if (!known) return registerWithGoogle(ctx, grant)
  if (known.loginSince === null) return { error: 'LOGIN_NOT_LINKED' }
  const session = await inTransaction(ctx, 'log-in-with-google', (trx) => begin(ctx, trx, known.id, 'LOGGED_IN'))
  return enter(ctx, session)
}

async function registerWithGoogle(ctx: RequestContext, grant: GoogleGrant): Promise<LoginOutcome> {
  const { subject, address: email, addressVerified } = grant
  if (!addressVerified) return { error: 'ADDRESS_UNVERIFIED' }
  // Whoever has this account has shown that they know its password, and nothing else.
  if (await findUserByEmail(ctx.db, email)) return { error: 'ACCOUNT_EXISTS' }
  if (!(await isWithinLimit(ctx, email))) return { error: 'RATE_LIMITED' }
  const now = ctx.clock.now()
  const session = await inTransaction(ctx, 'register-with-google', async (trx) => {
    await assertRoomForUser(ctx, trx)
    const user = await insertUser(trx, { id: randomUUID(), email, passwordHash: null })
    if (!user) return 'ACCOUNT_EXISTS'
    if (!(await claimIdentity(trx, user.id, grant))) throw new IdentityTaken()
    await allowLogin(trx, user.id, subject, now.toISOString())
    return begin(ctx, trx, user.id, 'REGISTERED')
  }).catch((error: unknown) => {
    // With the transaction, which is to leave no user behind.
    if (error instanceof IdentityTaken) return 'GOOGLE_ACCOUNT_TAKEN' as const
    if (error instanceof AppError && error.reason === 'SINGLE_USER') return 'SINGLE_USER' as const
    throw error
  })
  return typeof session === 'string' ? { error: session } : enter(ctx, session)
}

class IdentityTaken extends Error {}

async function isWithinLimit(ctx: RequestContext, email: string): Promise<boolean> {
  try {
    await countAttempt(ctx.db, 'register', { email, clientAddress: ctx.clientAddress })
    return true
  } catch (error) {
    if (error instanceof AppError && error.reason === 'RATE_LIMITED') return false
    throw error
  }
}

/** From now on this Google account signs the owner in, who has shown their password; their other sessions end. */
export function linkGoogleLogin(
  ctx: RequestContext,
  { userId, sessionId }: SessionCaller,
  grant: GoogleGrant,
): Promise<{ linked: 'google' } | { error: ConsentFailure }> {
  const now = ctx.clock.now().toISOString()
  return inTransaction(ctx, 'link-google-login', async (trx) => {
    if (!(await lockAliveSession(trx, userId, sessionId))) return { error: 'SESSION_ENDED' }
    if (!(await claimIdentity(trx, userId, grant))) return { error: 'GOOGLE_ACCOUNT_TAKEN' }
    await allowLogin(trx, userId, grant.subject, now)
    await endOtherSessions(trx, userId, sessionId, now)
    await auditRequest(ctx, trx, userId, 'GOOGLE_LOGIN_LINKED', { address: grant.address })
    return { linked: 'google' }
  })
}

/** The ways in to this account. UNAUTHENTICATED. */
export async function readLogins(ctx: AppContext, userId: string): Promise<Logins> {
  const user = await ownCredentials(ctx.db, userId)
  return { hasPassword: user.passwordHash !== null, google: await listLogins(ctx.db, userId) }
}

/** The other ways in stay, sessions too. NOT_FOUND; LAST_LOGIN when nobody could sign in any more. */
export async function removeGoogleLogin(ctx: RequestContext, userId: string, subject: string): Promise<{ ok: true }> {
  await inTransaction(ctx, 'remove-google-login', async (trx) => {
    // One at a time, or two at once would each be not the last.
    await lockUser(trx, userId)
    if ((await removeLogins(trx, userId, subject)) === 0)
      throw new AppError('NOT_FOUND', 'Nobody signs in to your account with this Google account.')
    const { hasPassword, google } = await readLogins({ ...ctx, db: trx }, userId)
    if (!hasPassword && google.length === 0)
      throw new AppError(
        'LAST_LOGIN',
        'Nobody could sign in any more. Set a password first, by a mail to your address.',
      )
    await auditRequest(ctx, trx, userId, 'GOOGLE_LOGIN_REMOVED')
  })
  return { ok: true }
}

async function begin(
  ctx: RequestContext,
  trx: Transaction<DB>,
  userId: string,
  action: 'LOGGED_IN' | 'REGISTERED',
): Promise<Session> {
  const session = await startSession(trx, userId, ctx.clock.now(), placeOf(ctx))
  await auditRequest(ctx, trx, userId, action, { with: 'google' })
  return session
}

function enter(ctx: RequestContext, session: Session): { login: 'google' } {
  keepInBrowser(ctx, session)
  return { login: 'google' }
}
