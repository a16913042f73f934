import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { ok } from '../http.ts'
import type { OpenRoute } from '../route.ts'

export const issuer = 'https://accounts.google.com'

const keyId = 'sandbox-1'

// emulate keeps its private key to itself, and names its own address as issuer: tokens are signed again with this one.
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** Signs claims the way Google signs ID tokens and push tokens. */
export function signToken(claims: Record<string, unknown>): string {
  return jwt.sign(claims, privateKey, { algorithm: 'RS256', keyid: keyId })
}

export const certificateRoute: OpenRoute = {
  method: 'GET',
  paths: ['/oauth2/v1/certs'],
  handle: () => ({
    ...ok({ [keyId]: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }) }),
    headers: { 'cache-control': 'public, max-age=3600' },
  }),
}
