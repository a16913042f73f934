import type { Answer } from '../http.ts'
import type { OpenCall, OpenRoute } from '../route.ts'
import { formOf } from '../http.ts'
import { renderConsentPage, renderRefusal } from './consent-page.ts'
import { hasGrant, scopesGranted } from './grants.ts'
import { identityScopes, parseScopes } from './scopes.ts'

export const authorizeRoutes: OpenRoute[] = [
  { method: 'GET', paths: ['/o/oauth2/v2/auth', '/o/oauth2/auth'], handle: showConsent },
  { method: 'POST', paths: ['/o/oauth2/v2/auth/callback'], handle: takeConsent },
]

function showConsent(call: OpenCall): Answer {
  const accounts = [...call.sandbox.accounts.values()]
  return refuse(call, call.query) ?? html(200, renderConsentPage(call.query, accounts))
}

async function takeConsent(call: OpenCall): Promise<Answer> {
  const { grants, accounts } = call.sandbox
  const form = formOf(call)
  const refusal = refuse(call, form)
  if (refusal) return refusal
  if (form.get('deny')) return redirect(form, { error: 'access_denied' })

  const account = accounts.get(form.get('email')?.toLowerCase() ?? '')
  if (!account) return html(400, renderRefusal('invalid_request', 'Couldn’t find this Google account.'))

  const isFirst = !hasGrant(grants, account.email)
  const scopes = scopesAgreed(
    form,
    form.get('include_granted_scopes') === 'true' ? scopesGranted(grants, account.email) : [],
  )
  form.set('scope', scopes.join(' '))
  form.set('email', account.email)
  const { location } = await account.upstream.form('/o/oauth2/v2/auth/callback', form)
  const code = new URL(location ?? '').searchParams.get('code') ?? ''
  const isOffline = form.get('access_type') === 'offline'
  grants.codes.set(code, {
    email: account.email,
    scopes,
    redirectUri: form.get('redirect_uri') ?? '',
    wantsRefreshToken: isOffline && (isFirst || (form.get('prompt') ?? '').split(' ').includes('consent')),
  })
  return redirect(form, { code, scope: scopes.join(' ') })
}

function scopesAgreed(form: URLSearchParams, earlier: string[]): string[] {
  const granted = new Set(form.getAll('granted'))
  const asked = parseScopes(form.get('scope') ?? '')
  return [...new Set([...asked.filter((scope) => identityScopes.has(scope) || granted.has(scope)), ...earlier])]
}

function refuse({ sandbox }: OpenCall, request: URLSearchParams): Answer | undefined {
  if (request.get('client_id') !== sandbox.clientId) {
    return html(400, renderRefusal('invalid_client', 'The OAuth client was not found.'))
  }
  if (!isLoopback(request.get('redirect_uri') ?? '')) {
    return html(400, renderRefusal('redirect_uri_mismatch', 'The sandbox redirects to loopback addresses only.'))
  }
  if (request.get('response_type') !== 'code' || !request.get('scope')) {
    return html(400, renderRefusal('invalid_request', 'response_type=code and scope are required.'))
  }
  return undefined
}

function isLoopback(uri: string): boolean {
  const url = URL.parse(uri)
  return url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
}

function redirect(form: URLSearchParams, extra: Record<string, string>): Answer {
  const url = new URL(form.get('redirect_uri') ?? '')
  const state = form.get('state')
  for (const [name, value] of Object.entries({ ...(state && { state }), ...extra })) url.searchParams.set(name, value)
  return { status: 302, headers: { location: url.href } }
}

function html(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body }
}
