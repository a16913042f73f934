import jwt from 'jsonwebtoken'
import type { Answer } from '../http.ts'
import type { OpenCall, OpenRoute } from '../route.ts'
import { formOf, ok } from '../http.ts'
import { accountOf, type Account } from '../state.ts'
import { accessTokenSeconds, revokeGrants } from './grants.ts'
import { issuer, signToken } from './signing.ts'

export const tokenRoutes: OpenRoute[] = [
  { method: 'POST', paths: ['/token', '/oauth2/token'], handle: answerToken },
  { method: 'POST', paths: ['/revoke', '/oauth2/revoke'], handle: revoke },
]

function answerToken(call: OpenCall): Answer | Promise<Answer> {
  const form = formOf(call)
  const { clientId, clientSecret } = call.sandbox
  if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret) {
    return oauthError(401, 'invalid_client', 'The provided client secret is invalid.')
  }
  if (form.get('grant_type') === 'refresh_token') return refresh(call, form)
  if (form.get('grant_type') === 'authorization_code') return redeemCode(call, form)
  return oauthError(400, 'unsupported_grant_type', 'Invalid grant_type.')
}

async function redeemCode({ sandbox }: OpenCall, form: URLSearchParams): Promise<Answer> {
  const { grants } = sandbox
  const code = form.get('code') ?? ''
  const pending = grants.codes.get(code)
  if (!pending) return oauthError(400, 'invalid_grant', 'Malformed auth code.')
  if (pending.redirectUri !== form.get('redirect_uri')) return oauthError(400, 'redirect_uri_mismatch', 'Bad Request')

  const account = accountOf(sandbox, pending.email)
  const { status, body } = await account.upstream.form('/oauth2/token', form)
  if (status !== 200) return { status, body }
  grants.codes.delete(code)
  const { email, scopes, wantsRefreshToken } = pending
  const refreshToken = String(body.refresh_token)
  if (wantsRefreshToken) grants.refresh.set(refreshToken, { email, scopes })
  return ok({
    ...grantAccess(sandbox, { email, scopes }, String(body.access_token)),
    ...(wantsRefreshToken && { refresh_token: refreshToken }),
    ...(scopes.includes('openid') && { id_token: signAgain(String(body.id_token), account) }),
  })
}

async function refresh({ sandbox }: OpenCall, form: URLSearchParams): Promise<Answer> {
  const grant = sandbox.grants.refresh.get(form.get('refresh_token') ?? '')
  if (!grant) return oauthError(400, 'invalid_grant', 'Token has been expired or revoked.')
  const { status, body } = await accountOf(sandbox, grant.email).upstream.form('/oauth2/token', form)
  if (status !== 200) return { status, body }
  return ok(grantAccess(sandbox, grant, String(body.access_token)))
}

function grantAccess(
  { grants }: OpenCall['sandbox'],
  { email, scopes }: { email: string; scopes: string[] },
  token: string,
) {
  grants.access.set(token, { email, scopes, expiresAt: Date.now() + accessTokenSeconds * 1_000 })
  return { access_token: token, expires_in: accessTokenSeconds, scope: scopes.join(' '), token_type: 'Bearer' }
}

/** emulate's claims, under Google's issuer and with a subject that outlives a restart. */
function signAgain(idToken: string, account: Account): string {
  const claims = jwt.decode(idToken, { json: true }) ?? {}
  return signToken({ ...claims, iss: issuer, azp: claims.aud, sub: account.subject })
}

function revoke(call: OpenCall): Answer {
  const { grants } = call.sandbox
  const token = call.query.get('token') ?? formOf(call).get('token') ?? ''
  const grant = grants.refresh.get(token) ?? grants.access.get(token)
  if (!grant) return oauthError(400, 'invalid_token', 'Token expired or revoked')
  revokeGrants(grants, grant.email)
  return ok({})
}

export function oauthError(status: number, error: string, description: string): Answer {
  return { status, body: { error, error_description: description } }
}
