import { randomUUID } from 'node:crypto'
import type { Transaction } from 'kysely'
import { z } from 'zod'
import type { CreatedToken, CreateTokenInput, ListTokensInput, TokenPage } from '../../shared-types/index.ts'
import type { AppContext, ProgramCaller, RequestContext, SessionCaller } from '../context.ts'
import {
  countPersonalTokens,
  deletePersonalToken,
  deletePersonalTokens,
  insertPersonalToken,
  listPersonalTokens,
  usePersonalToken,
} from '../db/accounts/personal-tokens.ts'
import { endSessions, lockAliveSession } from '../db/accounts/sessions.ts'
import { lockUser } from '../db/accounts/users.ts'
import type { DB } from '../db/engine/schema.ts'
import { AppError } from '../errors.ts'
import { countCall } from '../security/attempt-limits.ts'
import { hashSecret, newSecret } from '../security/secret.ts'
import { inTransaction, step } from '../step.ts'
import { auditRequest, sessionEnded } from './signed-in.ts'

/** What a program has forgotten to revoke lives on until it expires: an owner is to be able to look through them. */
export const mostTokens = 20
const dayMs = 86_400_000
const noteEveryMs = 60_000
/** For scanners that look for secrets in files; no access or refresh token begins so. */
const prefix = 'rfp_'

/** Told once, kept as a hash. TOO_MANY_TOKENS, RATE_LIMITED; UNAUTHENTICATED for a session that has ended meanwhile. */
export async function createToken(
  ctx: RequestContext,
  { userId, sessionId }: SessionCaller,
  { name, expiresInDays, scopes }: CreateTokenInput,
): Promise<CreatedToken> {
  await countCall(ctx.db, 'createToken', userId)
  const secret = newSecret()
  const now = ctx.clock.now()
  const expiresAt = new Date(now.getTime() + expiresInDays * dayMs).toISOString()
  const shown = { id: randomUUID(), name, scopes, expiresAt }
  await inTransaction(ctx, 'create-token', async (trx) => {
    // One at a time, or two at once would both be the last that there is room for.
    await lockUser(trx, userId)
    // Whoever ends all sessions ends all tokens after that: this one as well, or it is not made.
    if (!(await lockAliveSession(trx, userId, sessionId))) throw sessionEnded()
    if ((await countPersonalTokens(trx, userId, now.toISOString())) >= mostTokens)
      throw new AppError('TOO_MANY_TOKENS', `You have ${mostTokens} tokens already. Revoke one that is not needed.`)
    const kept = { tokenHash: hashSecret(secret), createdAt: now.toISOString() }
    await insertPersonalToken(trx, userId, { ...shown, ...kept })
    await auditRequest(ctx, trx, userId, 'TOKEN_CREATED', { tokenId: shown.id, scopes: scopes.toSorted().join(' ') })
  })
  return { ...shown, token: `${prefix}${userId}.${secret}` }
}

export function readTokens(ctx: AppContext, userId: string, input: ListTokensInput): Promise<TokenPage> {
  return listPersonalTokens(ctx.db, userId, { ...input, now: ctx.clock.now().toISOString() })
}

/** NOT_FOUND for one that is not there, or not theirs. */
export async function revokeToken(ctx: RequestContext, userId: string, tokenId: string): Promise<{ ok: true }> {
  await inTransaction(ctx, 'revoke-token', async (trx) => {
    if (!(await deletePersonalToken(trx, userId, tokenId))) throw new AppError('NOT_FOUND', 'There is no such token.')
    await auditRequest(ctx, trx, userId, 'TOKEN_REVOKED', { tokenId })
  })
  return { ok: true }
}

/** Nobody is let in any more, neither person nor program. */
export async function endAllAccess(trx: Transaction<DB>, userId: string, endedAt: string): Promise<void> {
  await endSessions(trx, userId, endedAt)
  await deletePersonalTokens(trx, userId)
}

/** Whether it says of itself that it is a program's. */
export function isPersonalToken(token: string): boolean {
  return token.startsWith(prefix)
}

/** The program it was made for, or null: made up, expired or revoked. One statement, which notes the use to the minute. */
export async function programOf(ctx: AppContext, token: string): Promise<ProgramCaller | null> {
  const parsed = PersonalToken.safeParse(token)
  if (!parsed.success) return null
  const { userId, secret } = parsed.data
  const now = ctx.clock.now()
  const usedBefore = new Date(now.getTime() - noteEveryMs).toISOString()
  const wanted = { tokenHash: hashSecret(secret), now: now.toISOString(), usedBefore }
  const found = await step('use-token', () => usePersonalToken(ctx.db, userId, wanted))
  return found ? { userId, tokenId: found.id, scopes: found.scopes } : null
}

const PersonalToken = z
  .string()
  .regex(/^rfp_[0-9a-f-]{36}\.[\w-]{43}$/)
  .transform((token) => ({ userId: token.slice(4, 40), secret: token.slice(41) }))
  .pipe(z.object({ userId: z.uuid(), secret: z.string() }))
