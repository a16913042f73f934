import jwt from 'jsonwebtoken'
import { z } from 'zod'

const type = 'at+jwt'
const audience = 'reasonflow'

export interface AccessTokenKey {
  readonly secret: string
  readonly expirationSeconds: number
}

export interface AccessTokenSubject {
  readonly userId: string
  readonly sessionId: string
}

/** A JWT access token (RFC 9068 typed): HS256, subject is the user's id, `sid` the session's. */
export function signAccessToken(key: AccessTokenKey, { userId, sessionId }: AccessTokenSubject, now: Date): string {
  const issuedAt = Math.floor(now.getTime() / 1000)
  return jwt.sign({ sid: sessionId, iat: issuedAt, exp: issuedAt + key.expirationSeconds }, key.secret, {
    algorithm: 'HS256',
    header: { alg: 'HS256', typ: type },
    audience,
    subject: userId,
  })
}

/** Who the token speaks for, or null: forged, expired, or a token of another kind. */
export function verifyAccessToken(key: AccessTokenKey, token: string, now: Date): AccessTokenSubject | null {
  try {
    const verified = jwt.verify(token, key.secret, {
      algorithms: ['HS256'],
      audience,
      clockTimestamp: Math.floor(now.getTime() / 1000),
      complete: true,
    })
    const { header, payload } = Verified.parse(verified)
    return header.typ === type ? { userId: payload.sub, sessionId: payload.sid } : null
  } catch {
    return null
  }
}

// jsonwebtoken checks neither `typ` nor that `exp` is there at all.
const Verified = z.object({
  header: z.object({ alg: z.literal('HS256'), typ: z.literal(type) }),
  payload: z.object({ sub: z.uuid(), sid: z.uuid(), exp: z.int(), iat: z.int(), aud: z.literal(audience) }),
})
