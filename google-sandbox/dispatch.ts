import { errorAnswer, GoogleError } from './errors.ts'
import { faultAnswer } from './faults.ts'
import { formOf, type Answer, type Call } from './http.ts'
import type { ApiCall } from './route.ts'
import { bearerOf } from './oauth/grants.ts'
import { spendUnits } from './quota.ts'
import { findApiRoute, findOpenRoute } from './route-table.ts'
import { accountOf, type SandboxRequest, type SandboxState } from './state.ts'

/** What a call comes to: an answer, or a connection that ends without one. */
export type Outcome = Answer | 'hang' | 'reset'

/** Notes the call in the journal, lets a fault have its way, and otherwise answers it. */
export async function settleCall(sandbox: SandboxState, call: Call): Promise<Outcome> {
  const { method, path, body } = call
  const email = emailOf(sandbox, call)
  const query = call.query.toString()
  const entry: SandboxRequest = { method, path, query, body, email, at: new Date(), status: 0, units: 0 }
  sandbox.journal.push(entry)

  const fault = sandbox.faults.take({ method, path, email })
  if (fault === 'timeout') return 'hang'
  if (fault === 'reset') return 'reset'
  const answer = typeof fault === 'object' ? faultAnswer(fault) : await answerCall(sandbox, call, entry)
  if (fault === 'answer-lost') return 'reset'
  entry.status = answer.status
  return fault === 'truncated-json' ? truncate(answer) : answer
}

async function answerCall(sandbox: SandboxState, call: Call, entry: SandboxRequest): Promise<Answer> {
  try {
    const open = findOpenRoute(call)
    return await (open ? open.handle({ ...call, sandbox }) : answerApi(sandbox, call, entry))
  } catch (error) {
    if (error instanceof GoogleError) return errorAnswer(error.status, error.reason, error.message)
    return errorAnswer(500, 'backendError', error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
}

async function answerApi(sandbox: SandboxState, call: Call, entry: SandboxRequest): Promise<Answer> {
  const token = bearerOf(sandbox.grants, call.headers.authorization)
  if (!token || token.expiresAt <= Date.now()) {
    throw new GoogleError(401, 'authError', 'Request had invalid authentication credentials.')
  }
  const found = findApiRoute(call)
  if (!found) throw new GoogleError(404, 'notFound', `The sandbox does not serve ${call.method} ${call.path}`)
  const { route, params } = found
  const scopes = new Set(token.scopes)
  if (!route.scopes.some((scope) => scopes.has(scope))) throw insufficientScope()

  const account = accountOf(sandbox, token.email)
  if (params.userId && params.userId !== 'me' && params.userId.toLowerCase() !== account.email) {
    throw new GoogleError(403, 'forbidden', `Delegation denied for ${account.email}`)
  }
  spendUnits(sandbox, account, { entry, units: route.units })
  const apiCall: ApiCall = { ...call, sandbox, account, scopes, params }
  return route.handle(apiCall)
}

function insufficientScope(): GoogleError {
  return new GoogleError(403, 'insufficientPermissions', 'Request had insufficient authentication scopes.')
}

/** Whose call it is: by the bearer, or at the OAuth paths by the code or token in the form. */
function emailOf({ grants }: SandboxState, call: Call): string | undefined {
  const bearer = bearerOf(grants, call.headers.authorization)
  if (bearer) return bearer.email
  if (!call.headers['content-type']?.includes('form-urlencoded') && !call.query.has('token')) return undefined
  const form = formOf(call)
  const token = form.get('refresh_token') ?? call.query.get('token') ?? form.get('token') ?? ''
  return (grants.codes.get(form.get('code') ?? '') ?? grants.refresh.get(token) ?? grants.access.get(token))?.email
}

function truncate(answer: Answer): Answer {
  const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {})
  const headers = { 'content-type': 'application/json; charset=UTF-8', ...answer.headers }
  return { ...answer, headers, body: text.slice(0, Math.floor(text.length / 2)) }
}
