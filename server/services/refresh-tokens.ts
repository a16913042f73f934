import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { AppContext } from '../context.ts'
import {
  findSessionOfToken,
  findUsedRefreshToken,
  insertRefreshToken,
  useRefreshToken,
} from '../db/accounts/refresh-tokens.ts'
import { writeAudit } from '../db/accounts/audit.ts'
import type { DB } from '../db/engine/schema.ts'
import { endSession, insertSession, type Place, touchSession } from '../db/accounts/sessions.ts'
import { AppError } from '../errors.ts'
import { deriveKey, deriveSecret, hashSecret, newSecret } from '../security/secret.ts'
import { inTransaction } from '../step.ts'

const dayMs = 86_400_000
const idleMs = 7 * dayMs
const absoluteMs = 30 * dayMs
/** How long a client whose answer was lost may ask again. */
const graceMs = 30_000

export interface Session {
  readonly userId: string
  readonly sessionId: string
  /** `<userId>.<secret>`: its look-up starts with the owner too. */
  readonly refreshToken: string
}

/** A new session and the first refresh token of its family. Belongs into the caller's transaction. */
export async function startSession(db: Kysely<DB>, userId: string, now: Date, place = nowhere): Promise<Session> {
  const sessionId = randomUUID()
  const secret = newSecret()
  await insertSession(db, userId, { ...place, id: sessionId, createdAt: now.toISOString() })
  await insertRefreshToken(db, userId, {
    id: randomUUID(),
    sessionId,
    parentId: null,
    tokenHash: hashSecret(secret),
    createdAt: now.toISOString(),
    expiresAt: expiryOf(now, now),
  })
  return { userId, sessionId, refreshToken: `${userId}.${secret}` }
}

const nowhere: Place = { device: null, network: null }

/** How long sessions live unused, and at most, before now. */
export function sessionBounds(now: Date): { begunAfter: string; usedAfter: string } {
  const before = (ms: number) => new Date(now.getTime() - ms).toISOString()
  return { begunAfter: before(absoluteMs), usedAfter: before(idleMs) }
}

/**
 * Uses the token up and gives its successor (RFC 9700, 4.14.2). Used again it ends the whole session, except that a
 * client whose answer was lost gets the same successor again: for 30 s, and only while that one is unused.
 */
export async function rotateRefreshToken(ctx: AppContext, refreshToken: string, place = nowhere): Promise<Session> {
  const { userId, secret } = parseRefreshToken(refreshToken)
  const now = ctx.clock.now()
  const rotated = await inTransaction(ctx, 'rotate-refresh-token', async (trx) => {
    const used = await useRefreshToken(trx, userId, { tokenHash: hashSecret(secret), now: now.toISOString() })
    if (!used) return undefined
    const id = randomUUID()
    const successor = successorOf(ctx, secret, id)
    await insertRefreshToken(trx, userId, {
      id,
      sessionId: used.sessionId,
      parentId: used.id,
      tokenHash: hashSecret(successor),
      createdAt: now.toISOString(),
      expiresAt: expiryOf(now, new Date(used.sessionCreatedAt)),
    })
    await touchSession(trx, userId, used.sessionId, { ...place, lastUsedAt: now.toISOString() })
    return { userId, sessionId: used.sessionId, refreshToken: `${userId}.${successor}` }
  })
  return rotated ?? repeatOrEndSession(ctx, { userId, secret, now })
}

/** The session a refresh token belongs to, used up or not; undefined for anything that is not one. */
export async function sessionOfToken(db: Kysely<DB>, refreshToken: string) {
  const token = RefreshToken.safeParse(refreshToken)
  if (!token.success) return undefined
  const { userId, secret } = token.data
  const found = await findSessionOfToken(db, userId, hashSecret(secret))
  return found && { userId, sessionId: found.sessionId }
}

async function repeatOrEndSession(
  ctx: AppContext,
  { userId, secret, now }: { userId: string; secret: string; now: Date },
) {
  const used = await findUsedRefreshToken(ctx.db, userId, hashSecret(secret))
  if (!used?.usedAt || used.endedAt) throw invalidToken()
  const { sessionId } = used
  const successor = successorOf(ctx, secret, used.successorId)
  const isAgain =
    used.successorUsedAt === null &&
    now.getTime() - new Date(used.usedAt).getTime() <= graceMs &&
    hashSecret(successor).equals(used.successorHash)
  if (isAgain) return { userId, sessionId, refreshToken: `${userId}.${successor}` }

  await inTransaction(ctx, 'end-session-on-reuse', async (trx) => {
    const isEnded = await endSession(trx, userId, sessionId, now.toISOString())
    if (isEnded) await writeAudit(trx, userId, { at: now, action: 'REFRESH_TOKEN_REUSED', detail: { sessionId } })
  })
  ctx.logger.warn({ userId, sessionId }, 'a used refresh token came again: its session was ended')
  throw invalidToken()
}

/** Derived, not stored: only so can the same successor be given twice while the table holds nothing but hashes. */
function successorOf(ctx: AppContext, secret: string, successorId: string): string {
  return deriveSecret(deriveKey(ctx.config.jwt.secret, 'refresh token successor'), secret, successorId)
}

function expiryOf(now: Date, sessionStart: Date): string {
  return new Date(Math.min(now.getTime() + idleMs, sessionStart.getTime() + absoluteMs)).toISOString()
}

function parseRefreshToken(token: string) {
  const parsed = RefreshToken.safeParse(token)
  if (!parsed.success) throw invalidToken()
  return parsed.data
}

const RefreshToken = z
  .string()
  .max(256)
  .transform((token) => {
    const [userId, secret, ...rest] = token.split('.')
    return { userId, secret, rest }
  })
  .pipe(z.object({ userId: z.uuid(), secret: z.string().regex(/^[\w-]{43}$/), rest: z.array(z.never()).max(0) }))

function invalidToken(): AppError {
  return new AppError('INVALID_REFRESH_TOKEN', 'Your session has ended. Sign in again.')
}
