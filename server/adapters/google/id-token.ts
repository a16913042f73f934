import { z } from 'zod'
import { isUpstream } from '../../errors.ts'
import { badAnswer, toUpstream } from './errors.ts'
import type { OAuth2Client } from './oauth-client.ts'

const Claims = z.object({
  sub: z.string().min(1).max(255),
  email: z.string().min(3).max(320),
  email_verified: z.boolean().default(false),
  nonce: z.string(),
})

export interface VerifiedIdentity {
  readonly subject: string
  readonly address: string
  readonly addressVerified: boolean
}

/**
 * Signature, issuer, audience and time are checked by the library, which keeps Google's certificates as long as it
 * may; nonce and claims by us. `bad_answer` when any of it is wrong.
 */
export function createIdTokenVerifier(client: OAuth2Client, clientId: string) {
  return async function verifyIdToken(idToken: string, nonce: string): Promise<VerifiedIdentity> {
    const payload = await payloadOf(client, idToken, clientId)
    const claims = Claims.safeParse(payload).data
    if (!claims) throw badAnswer('google-oauth', 'the ID token lacks claims')
    if (claims.nonce !== nonce) throw badAnswer('google-oauth', 'the ID token was made for another request')
    return { subject: claims.sub, address: claims.email.toLowerCase(), addressVerified: claims.email_verified }
  }
}

async function payloadOf(client: OAuth2Client, idToken: string, audience: string): Promise<unknown> {
  try {
    const ticket = await client.verifyIdToken({ idToken, audience })
    return ticket.getPayload()
  } catch (error) {
    // Only a failed request has a configuration; without one it is the token. Its text is in the message: not kept.
    if (error instanceof Error && 'config' in error) throw toUpstream('google-oauth', error)
    if (isUpstream(error)) throw error
    throw badAnswer('google-oauth', 'the ID token is not valid')
  }
}
