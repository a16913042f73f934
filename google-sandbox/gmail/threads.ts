import { notFound } from '../errors.ts'
import { ok } from '../http.ts'
import type { ApiCall, ApiRoute } from '../route.ts'
import { gmailScopes } from '../oauth/scopes.ts'
import { isVisible, threadMessages } from './mailbox.ts'
import { refuseMetadataScope } from './messages.ts'
import type { Message } from './model.ts'
import { takePage } from './paging.ts'
import { renderMessage, renderOptionsOf } from './payload.ts'
import { listMessages } from './search.ts'
import { snippetOf } from './text.ts'

const base = '/gmail/v1/users/:userId/threads'

export const threadRoutes: ApiRoute[] = [
  { method: 'GET', path: base, scopes: gmailScopes.read, units: 10, handle: list },
  { method: 'GET', path: `${base}/:id`, scopes: gmailScopes.read, units: 40, handle: get },
]

/** The visible messages of the thread a path names, oldest first. */
export function threadOf({ account, params, sandbox }: ApiCall): Message[] {
  const messages = threadMessages(account.mailbox, params.id ?? '')
  const visible = messages.filter((message) => isVisible(message, sandbox.sentDelayMs))
  if (visible.length === 0) throw notFound()
  return visible
}

async function list(call: ApiCall) {
  refuseMetadataScope(call, call.query.has('q'), "'q' parameter")
  const newest = new Map<string, Message>()
  for (const message of await listMessages(call.account, call.query, call.sandbox.sentDelayMs)) {
    if (!newest.has(message.threadId)) newest.set(message.threadId, message)
  }
  const { page, nextPageToken } = takePage([...newest.values()], call.query, ({ threadId }) => threadId)
  return ok({
    ...(page.length > 0 && {
      threads: page.map(({ threadId, root, historyId }) => {
        return { id: threadId, snippet: snippetOf(root), historyId: String(historyId) }
      }),
    }),
    ...(nextPageToken && { nextPageToken }),
    resultSizeEstimate: newest.size,
  })
}

function get(call: ApiCall) {
  const options = renderOptionsOf(call.query)
  refuseMetadataScope(call, options.format === 'full', 'format FULL')
  // threads.get has no raw form.
  const format = options.format === 'raw' ? 'full' : options.format
  const messages = threadOf(call)
  const historyId = messages.reduce((last, message) => (message.historyId > last ? message.historyId : last), 0n)
  return ok({
    id: call.params.id,
    historyId: String(historyId),
    messages: messages.map((message) => renderMessage(message, { ...options, format })),
  })
}
