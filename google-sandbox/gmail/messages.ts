import { GoogleError, invalid, jsonOf, notFound } from '../errors.ts'
import { ok } from '../http.ts'
import type { ApiCall, ApiRoute } from '../route.ts'
import { gmailScopes, metadataScope } from '../oauth/scopes.ts'
import { deliverMail } from './delivery.ts'
import { addMessage } from './mailbox.ts'
import { headerOf, parseMime, partsOf } from './mime.ts'
import type { Message } from './model.ts'
import { takePage } from './paging.ts'
import { partIdOf, renderMessage, renderOptionsOf, renderReference } from './payload.ts'
import { readRawMail } from './raw.ts'
import { listMessages } from './search.ts'
import { sendMail } from './send.ts'

const base = '/gmail/v1/users/:userId/messages'

export const messageRoutes: ApiRoute[] = [
  { method: 'GET', path: base, scopes: gmailScopes.read, units: 5, handle: list },
  { method: 'GET', path: `${base}/:id`, scopes: gmailScopes.read, units: 20, handle: get },
  {
    method: 'GET',
    path: `${base}/:id/attachments/:attachmentId`,
    scopes: gmailScopes.attachment,
    units: 5,
    handle: getAttachment,
  },
  { method: 'POST', path: `${base}/send`, scopes: gmailScopes.send, units: 100, handle: send },
  { method: 'POST', path: base, scopes: gmailScopes.insert, units: 25, handle: insert },
  { method: 'POST', path: `${base}/import`, scopes: gmailScopes.insert, units: 25, handle: importMail },
]

/** The message a path names. */
export function messageOf({ account, params }: ApiCall): Message {
  const message = account.mailbox.messages.get(params.id ?? '')
  if (!message) throw notFound()
  return message
}

/** gmail.metadata alone sees headers, never bodies, and may not search. */
export function refuseMetadataScope({ scopes }: ApiCall, isBroad: boolean, what: string): void {
  const isMetadataOnly = scopes.has(metadataScope) && !gmailScopes.attachment.some((scope) => scopes.has(scope))
  if (isBroad && isMetadataOnly) {
    throw new GoogleError(403, 'forbidden', `Metadata scope does not support ${what}`)
  }
}

async function list(call: ApiCall) {
  refuseMetadataScope(call, call.query.has('q'), "'q' parameter")
  const messages = await listMessages(call.account, call.query, call.sandbox.sentDelayMs)
  const { page, nextPageToken } = takePage(messages, call.query, ({ id }) => id)
  return ok({
    ...(page.length > 0 && { messages: page.map(({ id, threadId }) => ({ id, threadId })) }),
    ...(nextPageToken && { nextPageToken }),
    resultSizeEstimate: messages.length,
  })
}

function get(call: ApiCall) {
  const options = renderOptionsOf(call.query)
  refuseMetadataScope(call, ['full', 'raw'].includes(options.format), `format ${options.format.toUpperCase()}`)
  return ok(renderMessage(messageOf(call), options))
}

function getAttachment(call: ApiCall) {
  const message = messageOf(call)
  const partId = partIdOf(call.params.attachmentId ?? '', message.id)
  const part = partsOf(message.root).find((candidate) => candidate.partId === partId)
  if (!part) throw invalid('Invalid attachment token')
  return ok({ size: part.content.length, data: part.content.toString('base64url') })
}

function send(call: ApiCall) {
  const { sandbox, account } = call
  return ok(renderReference(sendMail(sandbox, account, readRawMail(account.mailbox, jsonOf(call)))))
}

function insert(call: ApiCall) {
  const { mailbox } = call.account
  const resource = jsonOf(call)
  const { raw, threadId } = readRawMail(mailbox, resource)
  const dated = Date.parse(headerOf(parseMime(raw), 'Date') ?? '')
  const isDated = call.query.get('internalDateSource') === 'dateHeader' && !Number.isNaN(dated)
  const labelIds = labelsIn(resource, [])
  const internalDate = isDated ? dated : Date.now()
  return ok(renderReference(addMessage(mailbox, { raw, labelIds, internalDate, ...(threadId && { threadId }) })))
}

function importMail(call: ApiCall) {
  const resource = jsonOf(call)
  const { raw } = readRawMail(call.account.mailbox, resource)
  return ok(renderReference(deliverMail(call.account, raw, { labels: labelsIn(resource, ['INBOX', 'UNREAD']) })))
}

function labelsIn({ labelIds }: Record<string, unknown>, fallback: string[]): string[] {
  return Array.isArray(labelIds) ? labelIds.map(String) : fallback
}
