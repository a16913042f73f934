import { randomUUID } from 'node:crypto'
import type {
  ChangePasswordInput,
  ListSessionsInput,
  LoginInput,
  LogoutInput,
  RefreshInput,
  RegisterInput,
  SessionPage,
  Tokens,
  User,
} from '../../shared-types/index.ts'
import { type AppContext, isProgram, type RequestContext, type SessionCaller } from '../context.ts'
import { deletePasswordResets } from '../db/accounts/password-resets.ts'
import { endSession, isSessionAlive, listSessions, type Place } from '../db/accounts/sessions.ts'
import { findUser, findUserByEmail, insertUser, replacePasswordHash } from '../db/accounts/users.ts'
import { AppError } from '../errors.ts'
import { signAccessToken } from '../security/access-token.ts'
import { deviceOf, newDeviceToken } from '../security/device.ts'
import { countAttempt, uncountAttempt } from '../security/attempt-limits.ts'
import { networkOf } from '../security/network.ts'
import { hashPassword, needsRehash, verifyPassword } from '../security/password.ts'
import { deriveKey, deriveSecret } from '../security/secret.ts'
import { inTransaction, step } from '../step.ts'
import { assertHardToGuess } from './hard-to-guess.ts'
import { endAllAccess } from './personal-tokens.ts'
import { auditRequest, ownCredentials } from './signed-in.ts'
import { assertRoomForUser } from './single-user.ts'
import { rotateRefreshToken, sessionBounds, sessionOfToken, type Session, startSession } from './refresh-tokens.ts'

/** A new user with default settings, signed in. EMAIL_TAKEN, SINGLE_USER, RATE_LIMITED; VALIDATION_FAILED for a password that is guessed first. */
export async function register(
  ctx: RequestContext,
  { email, password, tokenTransport }: RegisterInput,
): Promise<Tokens> {
  assertHardToGuess(password, email)
  await countAttempt(ctx.db, 'register', { email, clientAddress: ctx.clientAddress })
  const passwordHash = await hashPassword(password)
  const { user, session } = await inTransaction(ctx, 'register', async (trx) => {
    await assertRoomForUser(ctx, trx)
    const user = await insertUser(trx, { id: randomUUID(), email, passwordHash })
    if (!user) throw new AppError('EMAIL_TAKEN', 'There is an account with this address already. Sign in instead.')
    const session = await startSession(trx, user.id, ctx.clock.now(), placeOf(ctx))
    await auditRequest(ctx, trx, user.id, 'REGISTERED')
    return { user, session }
  })
  return handOver(ctx, user, session, tokenTransport)
}

/** INVALID_CREDENTIALS, the same for a wrong password and an unknown user; RATE_LIMITED. Only failures stay counted. */
export async function login(ctx: RequestContext, { email, password, tokenTransport }: LoginInput): Promise<Tokens> {
  const user = await findUserByEmail(ctx.db, email)
  const attempt = { email, clientAddress: ctx.clientAddress, proof: await proofOf(ctx, user?.id) }
  await countAttempt(ctx.db, 'login', attempt).catch((error: unknown) => {
    logRefusal(ctx, email, error instanceof AppError ? 'limited' : 'failed')
    throw error
  })
  const isRight = await verifyPassword(password, user?.passwordHash)
  if (!user || !isRight) {
    logRefusal(ctx, email, user ? 'wrong-password' : 'unknown-account')
    throw new AppError('INVALID_CREDENTIALS', 'The address or the password is not right.')
  }
  await uncountAttempt(ctx.db, 'login', attempt)
  await renewHash(ctx, user, password)
  const session = await inTransaction(ctx, 'log-in', async (trx) => {
    const begun = await startSession(trx, user.id, ctx.clock.now(), placeOf(ctx))
    await auditRequest(ctx, trx, user.id, 'LOGGED_IN')
    return begun
  })
  return handOver(ctx, user, session, tokenTransport)
}

/** INVALID_REFRESH_TOKEN. A token from the cookie is answered by a new cookie, one from the body by the body. */
export async function refresh(ctx: RequestContext, { refreshToken }: RefreshInput): Promise<Tokens> {
  const presented = refreshToken ?? ctx.refreshCookie.read()
  if (!presented) throw new AppError('INVALID_REFRESH_TOKEN', 'You are not signed in.')
  const session = await rotateRefreshToken(ctx, presented, placeOf(ctx))
  const user = await findUser(ctx.db, session.userId)
  if (!user) throw new AppError('INVALID_REFRESH_TOKEN', 'This account does not exist any more.')
  return handOver(ctx, user, session, refreshToken === undefined ? 'cookie' : 'body')
}

/** Everywhere this account is signed in. */
export function readSessions(ctx: AppContext, caller: SessionCaller, input: ListSessionsInput): Promise<SessionPage> {
  const bounds = sessionBounds(ctx.clock.now())
  return listSessions(ctx.db, caller.userId, { ...input, ...bounds, current: caller.sessionId })
}

/** NOT_FOUND for one that is not alive, or not theirs. */
export async function revokeSession(ctx: RequestContext, userId: string, sessionId: string): Promise<{ ok: true }> {
  await inTransaction(ctx, 'revoke-session', async (trx) => {
    const isEnded = await endSession(trx, userId, sessionId, ctx.clock.now().toISOString())
    if (!isEnded) throw new AppError('NOT_FOUND', 'There is no such session.')
    await auditRequest(ctx, trx, userId, 'SESSION_REVOKED', { sessionId })
  })
  return { ok: true }
}

/** This session ends as well, and every personal token: access tokens that are out are good for nothing but reading, and that until they expire. */
export async function logoutEverywhere(ctx: RequestContext, userId: string): Promise<{ ok: true }> {
  await inTransaction(ctx, 'log-out-everywhere', async (trx) => {
    await endAllAccess(trx, userId, ctx.clock.now().toISOString())
    await auditRequest(ctx, trx, userId, 'LOGGED_OUT_EVERYWHERE')
  })
  ctx.refreshCookie.clear()
  return { ok: true }
}

/**
 * Every session and personal token ends, and one session begins anew, for whoever asked. INVALID_CREDENTIALS for a wrong password, which counts like a
 * failed log-in; PASSWORD_NOT_SET; VALIDATION_FAILED for a new one that is guessed first.
 */
export async function changePassword(
  ctx: RequestContext,
  userId: string,
  { currentPassword, newPassword, tokenTransport }: ChangePasswordInput,
): Promise<Tokens> {
  const user = await ownCredentials(ctx.db, userId)
  assertHardToGuess(newPassword, user.email, 'newPassword')
  const from = await provePassword(ctx, user, currentPassword)
  const to = await hashPassword(newPassword)
  const session = await inTransaction(ctx, 'change-password', async (trx) => {
    // Another change was faster: by now this password is the wrong one.
    if (!(await replacePasswordHash(trx, user.id, { from, to }))) throw wrongPassword()
    await endAllAccess(trx, user.id, ctx.clock.now().toISOString())
    await deletePasswordResets(trx, user.id)
    const begun = await startSession(trx, user.id, ctx.clock.now(), placeOf(ctx))
    await auditRequest(ctx, trx, user.id, 'PASSWORD_CHANGED')
    return begun
  })
  return handOver(ctx, user, session, tokenTransport)
}

/** Whoever is signed in shows that they know the password, too; answers its hash. It counts like a log-in. INVALID_CREDENTIALS, PASSWORD_NOT_SET. */
export async function provePassword(
  ctx: RequestContext,
  { id, email, passwordHash }: { id: string; email: string; passwordHash: string | null },
  password: string,
): Promise<string> {
  if (passwordHash === null)
    throw new AppError(
      'PASSWORD_NOT_SET',
      'You have no password yet. Have a mail sent to your address, and choose one.',
    )
  const attempt = { email, clientAddress: ctx.clientAddress, proof: await proofOf(ctx, id) }
  await countAttempt(ctx.db, 'login', attempt)
  const isRight = await verifyPassword(password, passwordHash)
  if (!isRight) throw wrongPassword()
  await uncountAttempt(ctx.db, 'login', attempt)
  return passwordHash
}

export function wrongPassword(): AppError {
  return new AppError('INVALID_CREDENTIALS', 'The present password is not right.')
}

/** What an owner may know a session by; the address itself is not kept. */
export function placeOf({ userAgent, clientAddress }: RequestContext): Place {
  const device = userAgent
    .replace(/[^\x20-\x7e]/g, '')
    .slice(0, longestDevice)
    .trim()
  return { device: device === '' ? null : device, network: networkOf(clientAddress) }
}

const longestDevice = 300

/** Ends the session of the access token, of the cookie and of the named refresh token; never fails for a dead one. */
export async function logout(ctx: RequestContext, { refreshToken }: LogoutInput): Promise<{ ok: true }> {
  const sessions: (SessionCaller | null)[] = ctx.caller && !isProgram(ctx.caller) ? [ctx.caller] : []
  for (const token of [ctx.refreshCookie.read(), refreshToken]) {
    if (token !== undefined) sessions.push((await sessionOfToken(ctx.db, token)) ?? null)
  }
  for (const session of sessions) {
    if (!session) continue
    const { userId, sessionId } = session
    await step('log-out', () => endSession(ctx.db, userId, sessionId, ctx.clock.now().toISOString()))
  }
  ctx.refreshCookie.clear()
  return { ok: true }
}

/**
 * In the log alone; the caller learns no more than that it was refused. The account is hashed under a key, so that tries
 * at one account are known for such, and the log names nobody.
 */
function logRefusal(
  { config, clientAddress, logger }: RequestContext,
  email: string,
  reason: 'unknown-account' | 'wrong-password' | 'limited' | 'failed',
): void {
  const key = deriveKey(config.jwt.secret, 'accounts in the log')
  const account = deriveSecret(key, email.toLowerCase()).slice(0, 16)
  logger.warn({ clientAddress, account, reason }, 'a log-in was refused')
}

/** The device that has signed in to this account before, or the session it still has here. */
async function proofOf(ctx: RequestContext, userId: string | undefined): Promise<string | undefined> {
  const device = ctx.deviceCookie.read()
  const known = device === undefined ? undefined : deviceOf(ctx.config.jwt.secret, device, userId ?? '')
  if (known) return known
  const token = ctx.refreshCookie.read()
  const session = token === undefined ? undefined : await sessionOfToken(ctx.db, token)
  if (!session || session.userId !== userId) return undefined
  return (await isSessionAlive(ctx.db, session.userId, session.sessionId)) ? session.sessionId : undefined
}

async function renewHash(ctx: AppContext, user: { id: string; passwordHash: string | null }, password: string) {
  const { passwordHash } = user
  if (!passwordHash || !needsRehash(passwordHash)) return
  const to = await hashPassword(password)
  await step('renew-password-hash', () => replacePasswordHash(ctx.db, user.id, { from: passwordHash, to }))
}

function handOver(
  ctx: RequestContext,
  { id, email }: User,
  session: Session,
  transport: RegisterInput['tokenTransport'],
): Tokens {
  const { jwt } = ctx.config
  const tokens = {
    user: { id, email },
    accessToken: signAccessToken(jwt, session, ctx.clock.now()),
    expiresIn: jwt.expirationSeconds,
  }
  if (transport === 'body') return { ...tokens, refreshToken: session.refreshToken }
  keepInBrowser(ctx, session)
  return tokens
}

/** The browser is signed in, and known to have been. */
export function keepInBrowser(ctx: RequestContext, { userId, refreshToken }: Session): void {
  const { secret } = ctx.config.jwt
  ctx.refreshCookie.write(refreshToken)
  const device = ctx.deviceCookie.read()
  if (!device || !deviceOf(secret, device, userId)) ctx.deviceCookie.write(newDeviceToken(secret, userId))
}
