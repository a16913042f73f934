import { ok } from '../http.ts'
import type { ApiCall, ApiRoute } from '../route.ts'
import { gmailScopes } from '../oauth/scopes.ts'

export const profileRoute: ApiRoute = {
  method: 'GET',
  path: '/gmail/v1/users/:userId/profile',
  scopes: gmailScopes.profile,
  units: 1,
  handle: showProfile,
}

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
