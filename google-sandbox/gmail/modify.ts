import { invalid, jsonOf } from '../errors.ts'
import { ok, type Answer } from '../http.ts'
import type { ApiCall, ApiRoute } from '../route.ts'
import { gmailScopes } from '../oauth/scopes.ts'
import { changeLabels, removeMessage } from './mailbox.ts'
import { checkLabels } from './labels.ts'
import { messageOf } from './messages.ts'
import { renderReference } from './payload.ts'
import { threadOf } from './threads.ts'

const base = '/gmail/v1/users/:userId'
const maxIds = 1_000
const { modify, remove: removal } = gmailScopes

export const modifyRoutes: ApiRoute[] = [
  { method: 'POST', path: `${base}/messages/batchModify`, scopes: modify, units: 50, handle: batchModify },
  { method: 'POST', path: `${base}/messages/batchDelete`, scopes: removal, units: 50, handle: batchDelete },
  { method: 'POST', path: `${base}/messages/:id/modify`, scopes: modify, units: 5, handle: modifyMessage },
  { method: 'POST', path: `${base}/messages/:id/trash`, scopes: modify, units: 5, handle: trash },
  { method: 'POST', path: `${base}/messages/:id/untrash`, scopes: modify, units: 5, handle: untrash },
  { method: 'DELETE', path: `${base}/messages/:id`, scopes: removal, units: 10, handle: deleteMessage },
  { method: 'POST', path: `${base}/threads/:id/modify`, scopes: modify, units: 10, handle: modifyThread },
]

async function modifyMessage(call: ApiCall): Promise<Answer> {
  const { add, remove } = await readChange(call)
  const message = messageOf(call)
  changeLabels(call.account.mailbox, message, add, remove)
  return ok(renderReference(message))
}

async function modifyThread(call: ApiCall): Promise<Answer> {
  const { add, remove } = await readChange(call)
  const messages = threadOf(call)
  for (const message of messages) changeLabels(call.account.mailbox, message, add, remove)
  return ok({ id: call.params.id, messages: messages.map(renderReference) })
}

async function batchModify(call: ApiCall): Promise<Answer> {
  const { add, remove } = await readChange(call)
  const { mailbox } = call.account
  for (const id of idsIn(call)) {
    const message = mailbox.messages.get(id)
    if (message) changeLabels(mailbox, message, add, remove)
  }
  return { status: 204 }
}

function batchDelete(call: ApiCall): Answer {
  const { mailbox } = call.account
  for (const id of idsIn(call)) {
    const message = mailbox.messages.get(id)
    if (message) removeMessage(mailbox, message)
  }
  return { status: 204 }
}

function trash(call: ApiCall): Answer {
  const message = messageOf(call)
  changeLabels(call.account.mailbox, message, ['TRASH'], ['INBOX'])
  return ok(renderReference(message))
}

function untrash(call: ApiCall): Answer {
  const message = messageOf(call)
  changeLabels(call.account.mailbox, message, [], ['TRASH'])
  return ok(renderReference(message))
}

function deleteMessage(call: ApiCall): Answer {
  removeMessage(call.account.mailbox, messageOf(call))
  return { status: 204 }
}

async function readChange(call: ApiCall): Promise<{ add: string[]; remove: string[] }> {
  const { addLabelIds, removeLabelIds } = jsonOf(call)
  const add = Array.isArray(addLabelIds) ? addLabelIds.map(String) : []
  const remove = Array.isArray(removeLabelIds) ? removeLabelIds.map(String) : []
  await checkLabels(call.account, [...add, ...remove])
  return { add, remove }
}

function idsIn(call: ApiCall): string[] {
  const { ids } = jsonOf(call)
  if (!Array.isArray(ids) || ids.length === 0) throw invalid('No message ids specified')
  if (ids.length > maxIds) throw invalid(`Too many message ids: at most ${maxIds}`)
  return ids.map(String)
}
