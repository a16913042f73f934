import { invalid, jsonOf } from '../errors.ts'
import { ok, type Answer } from '../http.ts'
import { gmailScopes } from '../oauth/scopes.ts'
import type { ApiCall, ApiRoute } from '../route.ts'
import type { Account, SandboxState } from '../state.ts'

const base = '/gmail/v1/users/:userId'
const watchMs = 7 * 24 * 3_600_000

export const watchRoutes: ApiRoute[] = [
  { method: 'POST', path: `${base}/watch`, scopes: gmailScopes.read, units: 100, handle: watch },
  { method: 'POST', path: `${base}/stop`, scopes: gmailScopes.read, units: 50, handle: stop },
]

/** Tells the topic of a watched mailbox that something has changed. */
export function publishChange({ subscriptions }: SandboxState, { email, mailbox, watch: watched }: Account): void {
  if (!watched || watched.expiresAt <= Date.now()) return
  for (const subscription of subscriptions) {
    if (subscription.topic !== watched.topic) continue
    subscription.publish({ emailAddress: email, historyId: String(mailbox.historyId) })
  }
}

function watch(call: ApiCall): Answer {
  const { topicName } = jsonOf(call)
  if (typeof topicName !== 'string' || !/^projects\/[^/]+\/topics\/[^/]+$/.test(topicName)) {
    throw invalid('Invalid topicName does not match projects/*/topics/*')
  }
  const { account } = call
  account.watch = { topic: topicName, expiresAt: Date.now() + watchMs }
  return ok({ historyId: String(account.mailbox.historyId), expiration: String(account.watch.expiresAt) })
}

function stop({ account }: ApiCall): Answer {
  account.watch = null
  return { status: 204 }
}
