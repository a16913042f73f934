import { invalid, jsonOf } from '../errors.ts'
import { ok } from '../http.ts'
import type { ApiCall, ApiRoute } from '../route.ts'
import { gmailScopes } from '../oauth/scopes.ts'

const base = '/gmail/v1/users/:userId'
const watchMs = 7 * 24 * 3_600_000

export const profileRoutes: ApiRoute[] = [
  { method: 'GET', path: `${base}/profile`, scopes: gmailScopes.profile, units: 1, handle: showProfile },
  { method: 'POST', path: `${base}/watch`, scopes: gmailScopes.read, units: 100, handle: watch },
  { method: 'POST', path: `${base}/stop`, scopes: gmailScopes.read, units: 50, handle: () => ({ status: 204 }) },
]

function showProfile({ account }: ApiCall) {
  const { email, mailbox } = account
  const messages = [...mailbox.messages.values()]
  return ok({
    emailAddress: email,
    messagesTotal: messages.length,
    threadsTotal: new Set(messages.map(({ threadId }) => threadId)).size,
    historyId: String(mailbox.historyId),
  })
}

function watch(call: ApiCall) {
  const { topicName } = jsonOf(call)
  if (typeof topicName !== 'string' || !/^projects\/[^/]+\/topics\/[^/]+$/.test(topicName)) {
    throw invalid('Invalid topicName does not match projects/*/topics/*')
  }
  return ok({ historyId: String(call.account.mailbox.historyId), expiration: String(Date.now() + watchMs) })
}
