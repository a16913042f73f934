import { invalid, notFound } from '../errors.ts'
import { ok } from '../http.ts'
import type { ApiCall, ApiRoute } from '../route.ts'
import { gmailScopes } from '../oauth/scopes.ts'
import type { HistoryRecord } from './model.ts'
import { pageSize } from './paging.ts'

export const historyRoute: ApiRoute = {
  method: 'GET',
  path: '/gmail/v1/users/:userId/history',
  scopes: gmailScopes.read,
  units: 2,
  handle: listHistory,
}

function listHistory({ account, query }: ApiCall) {
  const { history, historyId, oldestHistoryId } = account.mailbox
  const given = query.get('startHistoryId')
  if (!given) throw invalid('Missing required parameter: startHistoryId')
  const start = /^\d{1,20}$/.test(given) ? BigInt(given) : 0n
  if (start < oldestHistoryId || start > historyId) throw notFound()

  const types = query.getAll('historyTypes')
  const label = query.get('labelId')
  const pageToken = query.get('pageToken') ?? String(start)
  if (!/^\d+$/.test(pageToken)) throw invalid('Invalid pageToken')
  const after = BigInt(pageToken)
  const wanted = history.filter(({ id, type, message, labelIds }) => {
    const isWantedType = types.length === 0 || types.includes(type)
    return id > after && isWantedType && (!label || message.labelIds.includes(label) || labelIds.includes(label))
  })
  const page = wanted.slice(0, pageSize(query))
  const last = page.at(-1)
  return ok({
    ...(page.length > 0 && { history: page.map(renderRecord) }),
    ...(last && page.length < wanted.length && { nextPageToken: String(last.id) }),
    historyId: String(historyId),
  })
}

function renderRecord({ id, type, message, labelIds }: HistoryRecord): object {
  const { id: messageId, threadId } = message
  const isLabelChange = type === 'labelAdded' || type === 'labelRemoved'
  const field = type.replace(/^(message|label)/, '$1s')
  return {
    id: String(id),
    messages: [{ id: messageId, threadId }],
    [field]: [{ message, ...(isLabelChange && { labelIds }) }],
  }
}
