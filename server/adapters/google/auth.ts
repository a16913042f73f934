import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { GoogleConfig } from '../../config.ts'
import { isUpstream, UpstreamError } from '../../errors.ts'
import type { Circuit, GoogleAuth, GoogleTokens } from '../../ports.ts'
import { createCircuit } from '../circuit.ts'
import { badAnswer, toUpstream } from './errors.ts'
import { createIdTokenVerifier } from './id-token.ts'
import { type OAuth2Client, openOAuthClient } from './oauth-client.ts'

/** Who somebody is: all that a log-in asks for. */
const loginScopes = ['openid', 'email'] as const

/** All that is ever asked for; the person may untick those of the calendar. */
export const googleScopes = [
  ...loginScopes,
  'https://www.googleapis.com/auth/gmail.readonly',
  'https://www.googleapis.com/auth/gmail.compose',
  'https://www.googleapis.com/auth/calendar.freebusy',
  'https://www.googleapis.com/auth/calendar.events',
] as const

const asked = {
  mailbox: { access_type: 'offline', prompt: 'consent', scope: [...googleScopes] },
  login: { access_type: 'online', prompt: 'select_account', scope: [...loginScopes] },
}

type AuthUrlOptions = NonNullable<Parameters<OAuth2Client['generateAuthUrl']>[0]>

const TokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).nullish(),
  /** Milliseconds since 1970; the library makes it from `expires_in`. */
  expiry_date: z.number(),
  scope: z.string().default(''),
  id_token: z.string().optional(),
})

/** Google's OAuth 2.0 server; `oauthBaseUrl` puts another one in its place. A request takes 10 s at most. */
export function createGoogleAuth(
  config: GoogleConfig,
  { deadlineMs = 10_000, circuit = createCircuit('google-oauth') }: { deadlineMs?: number; circuit?: Circuit } = {},
): GoogleAuth {
  const open = (signal?: AbortSignal) => openOAuthClient(config, deadlineMs, signal)
  const verifyIdToken = createIdTokenVerifier(open(), config.clientId)

  return {
    async authorizeUrl({ state, nonce, codeVerifier, ...request }) {
      return open().generateAuthUrl({
        ...asked[request.for],
        state,
        nonce,
        code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
        code_challenge_method: 'S256' as NonNullable<AuthUrlOptions['code_challenge_method']>,
      })
    },

    exchange: ({ code, codeVerifier, nonce }, signal) =>
      circuit.run(async () => {
        const { tokens } = await asUpstream(open(signal).getToken({ code, codeVerifier }))
        const answer = tokensIn(tokens)
        if (!answer.id_token) throw badAnswer('google-oauth', 'no ID token')
        return { ...toTokens(answer), ...(await verifyIdToken(answer.id_token, nonce)) }
      }, signal),

    refresh: (refreshToken, signal) =>
      circuit.run(async () => {
        const client = open(signal)
        client.setCredentials({ refresh_token: refreshToken })
        const { credentials } = await client.refreshAccessToken().catch((error: unknown) => {
          throw isInvalidGrant(error) ? deadGrant(error) : passing(toUpstream('google-oauth', error))
        })
        const tokens = toTokens(tokensIn(credentials))
        // The library repeats the token it was given; that is not a new one.
        return { ...tokens, refreshToken: tokens.refreshToken === refreshToken ? null : tokens.refreshToken }
      }, signal),

    revoke: (token, signal) =>
      circuit.run(async () => {
        const revoked = open(signal).revokeToken(token)
        await revoked.catch((error: unknown) => {
          // A token Google does not know is as dead as one it has just revoked.
          if (oauthErrorOf(error) !== 'invalid_token') throw toUpstream('google-oauth', error)
        })
      }, signal),
  }
}

function asUpstream<T>(call: Promise<T>): Promise<T> {
  return call.catch((error: unknown) => {
    throw toUpstream('google-oauth', error)
  })
}

function tokensIn(answer: unknown): z.infer<typeof TokenAnswer> {
  const parsed = TokenAnswer.safeParse(answer)
  if (!parsed.success) throw badAnswer('google-oauth', 'no tokens')
  return parsed.data
}

function toTokens({ access_token, refresh_token, expiry_date, scope }: z.infer<typeof TokenAnswer>): GoogleTokens {
  return {
    accessToken: access_token,
    refreshToken: refresh_token ?? null,
    expiresAt: new Date(expiry_date),
    scopes: scope.split(/\s+/).filter(Boolean),
  }
}

const OAuthError = z.object({ response: z.object({ data: z.object({ error: z.string() }) }) })

function oauthErrorOf(error: unknown): string | undefined {
  return OAuthError.safeParse(error).data?.response.data.error
}

function isInvalidGrant(error: unknown): boolean {
  return oauthErrorOf(error) === 'invalid_grant'
}

function deadGrant(error: unknown): UpstreamError {
  const { cause } = toUpstream('google-oauth', error)
  return new UpstreamError('google-oauth', 'needs_reauth', 'The grant was revoked or has expired.', { cause })
}

/** No other refusal says anything of the grant, nor of what the token was for: it passes, or the operator mends it. */
function passing(failure: UpstreamError): UpstreamError {
  const { message, cause } = failure
  return isUpstream(failure, 'rate_limited', 'daily_limit', 'timeout', 'unavailable', 'bad_answer')
    ? failure
    : new UpstreamError('google-oauth', 'unavailable', message, { cause })
}
