import { formOf, ok, type Answer } from '../http.ts'
import type { OpenCall, OpenRoute } from '../route.ts'
import { accountOf } from '../state.ts'
import { bearerOf, type AccessToken } from './grants.ts'
import { oauthError } from './token.ts'

export const identityRoutes: OpenRoute[] = [
  { method: 'GET', paths: tokenInfoPaths(), handle: answerTokenInfo },
  { method: 'POST', paths: tokenInfoPaths(), handle: answerTokenInfo },
  { method: 'GET', paths: ['/oauth2/v2/userinfo', '/userinfo/v2/me'], handle: answerUserInfo },
]

function tokenInfoPaths(): string[] {
  return ['/tokeninfo', '/oauth2/v2/tokeninfo', '/oauth2/v3/tokeninfo']
}

function answerTokenInfo(call: OpenCall): Answer {
  const { sandbox, query, headers } = call
  const named = query.get('access_token') ?? formOf(call).get('access_token')
  const token = bearerOf(sandbox.grants, named ? `Bearer ${named}` : headers.authorization)
  if (!isAlive(token)) return oauthError(400, 'invalid_token', 'Invalid Value')
  return ok({
    azp: sandbox.clientId,
    aud: sandbox.clientId,
    sub: accountOf(sandbox, token.email).subject,
    scope: token.scopes.join(' '),
    exp: String(Math.floor(token.expiresAt / 1_000)),
    expires_in: String(Math.floor((token.expiresAt - Date.now()) / 1_000)),
    email: token.email,
    email_verified: 'true',
    access_type: 'offline',
  })
}

async function answerUserInfo({ sandbox, headers }: OpenCall): Promise<Answer> {
  const token = bearerOf(sandbox.grants, headers.authorization)
  if (!isAlive(token)) {
    const message = 'Request is missing required authentication credential.'
    return { status: 401, body: { error: { code: 401, message, status: 'UNAUTHENTICATED' } } }
  }
  const account = accountOf(sandbox, token.email)
  const { body } = await account.upstream.json('GET', '/oauth2/v2/userinfo')
  const { name, given_name, family_name, picture, hd } = body
  const mayKnowName = token.scopes.some((scope) => scope.endsWith('/userinfo.profile'))
  return ok({
    id: account.subject,
    email: account.email,
    verified_email: true,
    ...(mayKnowName && { name, given_name, family_name, picture }),
    ...(typeof hd === 'string' && { hd }),
  })
}

function isAlive(token: AccessToken | undefined): token is AccessToken {
  return token !== undefined && token.expiresAt > Date.now()
}
