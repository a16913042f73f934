import type { Account } from '../state.ts'
import { identityScopes, parseScopes } from './scopes.ts'

/** The page on which a person picks an account, unticks what they will not share, agrees or declines. */
export function renderConsentPage(request: URLSearchParams, accounts: Account[]): string {
  const hidden = [...request].map(
    ([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`,
  )
  const scopes = parseScopes(request.get('scope') ?? '').filter((scope) => !identityScopes.has(scope))
  const ticks = scopes.map(
    (scope) =>
      `<label><input type="checkbox" name="granted" value="${escape(scope)}" checked> ${escape(scope.replace(/.*\//, ''))}</label>`,
  )
  const buttons = accounts.map(
    ({ email, name }) =>
      `<button name="email" value="${escape(email)}"><b>${escape(name)}</b><br>${escape(email)}</button>`,
  )
  return page(`
    <h1>Choose an account</h1>
    <p>to continue to <b>${escape(URL.parse(request.get('redirect_uri') ?? '')?.host ?? '')}</b> (sandbox Google)</p>
    <form method="post" action="/o/oauth2/v2/auth/callback">
      ${hidden.join('')}
      <fieldset><legend>It asks for</legend>${ticks.join('<br>')}</fieldset>
      ${buttons.join('\n') || '<p>The sandbox has no accounts yet.</p>'}
      <button name="deny" value="1" class="quiet">Cancel</button>
    </form>`)
}

/** Google shows these to the person instead of redirecting: the redirect cannot be trusted. */
export function renderRefusal(code: string, detail: string): string {
  return page(`<h1>Access blocked</h1><p>Error 400: ${escape(code)}</p><p>${escape(detail)}</p>`)
}

function page(content: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in - sandbox Google</title>
    <style>
      body { font: 16px system-ui; max-width: 26rem; margin: 4rem auto; color: #202124 }
      button { display: block; width: 100%; margin: .5rem 0; padding: .7rem; text-align: left; font: inherit }
      .quiet { border: 0; background: none; text-align: center }
      fieldset { margin: 1rem 0; border: 1px solid #dadce0 }
    </style>${content}</html>`
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
