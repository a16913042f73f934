import { invalid, jsonOf } from '../errors.ts'
import type { Answer } from '../http.ts'
import type { ApiCall, ApiRoute } from '../route.ts'
import { gmailScopes } from '../oauth/scopes.ts'
import type { Account } from '../state.ts'
import { changeLabels } from './mailbox.ts'

const base = '/gmail/v1/users/:userId/labels'
const { readLabel, writeLabel } = gmailScopes

const systemLabels = /^(INBOX|UNREAD|STARRED|IMPORTANT|SPAM|TRASH|CATEGORY_[A-Z]+)$/

/** emulate keeps the labels; which messages wear them is counted here. */
export const labelRoutes: ApiRoute[] = [
  { method: 'GET', path: base, scopes: readLabel, units: 1, handle: list },
  { method: 'GET', path: `${base}/:id`, scopes: readLabel, units: 1, handle: get },
  { method: 'POST', path: base, scopes: writeLabel, units: 5, handle: forward },
  { method: 'PUT', path: `${base}/:id`, scopes: writeLabel, units: 5, handle: forward },
  { method: 'PATCH', path: `${base}/:id`, scopes: writeLabel, units: 5, handle: forward },
  { method: 'DELETE', path: `${base}/:id`, scopes: writeLabel, units: 5, handle: remove },
]

/** The user's own labels, lower-case name to id. */
export async function userLabels({ upstream }: Account): Promise<Map<string, string>> {
  const { body } = await upstream.json('GET', '/gmail/v1/users/me/labels')
  const labels = body.labels as { id: string; name: string; type: string }[]
  return new Map(labels.filter(({ type }) => type === 'user').map(({ id, name }) => [name.toLowerCase(), id]))
}

/** Refuses labels that do not exist, and those only Gmail itself may set. */
export async function checkLabels(account: Account, labelIds: string[]): Promise<void> {
  const others = labelIds.filter((id) => !systemLabels.test(id))
  if (others.length === 0) return
  const known = new Set((await userLabels(account)).values())
  const unknown = others.find((id) => !known.has(id))
  if (unknown !== undefined) throw invalid(`Invalid label: ${unknown}`)
}

async function list(call: ApiCall): Promise<Answer> {
  const { status, body } = await forward(call)
  const labels = (body as { labels: { id: string; name: string; type: string }[] }).labels
  return { status, body: { labels: labels.map(({ id, name, type }) => ({ id, name, type })) } }
}

async function get(call: ApiCall): Promise<Answer> {
  const { status, body } = await forward(call)
  if (status !== 200) return { status, body }
  const wearing = [...call.account.mailbox.messages.values()].filter(({ labelIds }) =>
    labelIds.has(call.params.id ?? ''),
  )
  const unread = wearing.filter(({ labelIds }) => labelIds.has('UNREAD'))
  const countThreads = (messages: typeof wearing) => new Set(messages.map(({ threadId }) => threadId)).size
  const counts = {
    messagesTotal: wearing.length,
    messagesUnread: unread.length,
    threadsTotal: countThreads(wearing),
    threadsUnread: countThreads(unread),
  }
  return { status, body: { ...(body as object), ...counts } }
}

async function remove(call: ApiCall): Promise<Answer> {
  const answer = await forward(call)
  const { mailbox } = call.account
  if (answer.status !== 204) return answer
  for (const message of mailbox.messages.values()) changeLabels(mailbox, message, [], [call.params.id ?? ''])
  return answer
}

async function forward(call: ApiCall): Promise<Answer> {
  const id = call.params.id === undefined ? '' : `/${encodeURIComponent(call.params.id)}`
  const body = call.body.length > 0 ? jsonOf(call) : undefined
  const answer = await call.account.upstream.json(call.method, `/gmail/v1/users/me/labels${id}`, body)
  return answer.status === 204 ? { status: 204 } : { status: answer.status, body: answer.body }
}
