import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { RequestPasswordResetInput, ResetPasswordInput } from '../../shared-types/index.ts'
import type { AppContext, RequestContext } from '../context.ts'
import {
  deletePasswordResets,
  findPasswordReset,
  insertPasswordReset,
  usePasswordReset,
} from '../db/accounts/password-resets.ts'
import { writeAudit } from '../db/accounts/audit.ts'
import { removeLogins } from '../db/accounts/google-identities.ts'
import { findCredentials, findUser, findUserByEmail, setPasswordHash } from '../db/accounts/users.ts'
import { AppError } from '../errors.ts'
import { countAttempt, countCall } from '../security/attempt-limits.ts'
import { networkOf } from '../security/network.ts'
import { hashPassword } from '../security/password.ts'
import { deriveKey, deriveSecret, hashSecret } from '../security/secret.ts'
import { inTransaction, step } from '../step.ts'
import { assertHardToGuess } from './hard-to-guess.ts'
import { endAllAccess } from './personal-tokens.ts'
import { auditRequest } from './signed-in.ts'

const minutes = 30

/**
 * Sends a way to a new password to this address, if there is an account with it. The answer says nothing of that, and takes
 * the same statements: the mail is a job's business. RATE_LIMITED.
 */
export async function requestPasswordReset(
  ctx: RequestContext,
  { email }: RequestPasswordResetInput,
): Promise<{ ok: true }> {
  await countAttempt(ctx.db, 'reset', { email, clientAddress: ctx.clientAddress })
  const user = await findUserByEmail(ctx.db, email)
  // Of nobody as well, whose job then finds nobody.
  const payload = { userId: user?.id ?? randomUUID(), resetId: randomUUID() }
  await inTransaction(ctx, 'request-password-reset', (trx) => ctx.jobs.enqueue(trx, 'send-password-reset', payload))
  return { ok: true }
}

/** Run again it sends the same once more. */
export async function sendPasswordReset(
  ctx: AppContext,
  { userId, resetId }: { userId: string; resetId: string },
  signal: AbortSignal,
): Promise<void> {
  const user = await findUser(ctx.db, userId)
  if (!user) return
  // Derived, so that a job that is run again knows it, and nothing but its hash is kept.
  const secret = deriveSecret(deriveKey(ctx.config.jwt.secret, 'password reset'), userId, resetId)
  const now = ctx.clock.now()
  const reset = {
    id: resetId,
    tokenHash: hashSecret(secret),
    createdAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + minutes * 60_000).toISOString(),
  }
  await inTransaction(ctx, 'save-password-reset', async (trx) => {
    const isNew = await insertPasswordReset(trx, userId, reset)
    if (isNew) await writeAudit(trx, userId, { at: now, action: 'PASSWORD_RESET_SENT' })
  })
  // Behind the #, so that it stands in no log and no referrer.
  const link = `${ctx.config.frontendUrl}/reset-password#token=${userId}.${secret}`
  const text = [
    'Somebody, you we hope, asked for a new password for your ReasonFlow account.',
    `Choose it here, within ${minutes} minutes: ${link}`,
    'If it was not you, nothing is to be done: your password stays as it is.',
  ].join('\n\n')
  const mail = { to: user.email, subject: 'A new password for ReasonFlow', text }
  await step('send-account-mail', () => ctx.mailer.send(mail, signal))
}

/**
 * The new password; every session and personal token ends, and Google accounts that were linked beside an older password
 * sign in no more. INVALID_RESET_TOKEN for one that is unknown, used or too old; VALIDATION_FAILED
 * for a password that is guessed first, which uses nothing up; RATE_LIMITED.
 */
export async function resetPassword(
  ctx: RequestContext,
  { token, password }: ResetPasswordInput,
): Promise<{ ok: true }> {
  await countCall(ctx.db, 'reset', networkOf(ctx.clientAddress))
  const parsed = ResetToken.safeParse(token)
  if (!parsed.success) throw invalidToken()
  const { userId, secret } = parsed.data
  const wanted = { tokenHash: hashSecret(secret), now: ctx.clock.now().toISOString() }
  const found = await findPasswordReset(ctx.db, userId, wanted)
  if (!found) throw invalidToken()
  assertHardToGuess(password, found.email)
  const passwordHash = await hashPassword(password)
  await inTransaction(ctx, 'reset-password', async (trx) => {
    const now = ctx.clock.now().toISOString()
    if (!(await usePasswordReset(trx, userId, found.id, now))) throw invalidToken()
    // Whoever had the password until now may have linked a Google account of their own with it.
    if ((await findCredentials(trx, userId))?.passwordHash) await removeLogins(trx, userId)
    await setPasswordHash(trx, userId, passwordHash)
    await endAllAccess(trx, userId, now)
    await deletePasswordResets(trx, userId)
    await auditRequest(ctx, trx, userId, 'PASSWORD_RESET')
  })
  ctx.refreshCookie.clear()
  return { ok: true }
}

const ResetToken = z
  .string()
  .max(256)
  .regex(/^[0-9a-f-]{36}\.[\w-]{43}$/)
  .transform((token) => ({ userId: token.slice(0, 36), secret: token.slice(37) }))
  .pipe(z.object({ userId: z.uuid(), secret: z.string() }))

function invalidToken(): AppError {
  return new AppError('INVALID_RESET_TOKEN', 'This way to a new password is not good any more. Ask for another one.')
}
