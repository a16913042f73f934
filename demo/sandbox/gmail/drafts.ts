import { jsonOf, notFound } from '../errors.ts'
import { ok, type Answer, type ApiCall, type ApiRoute } from '../http.ts'
import { gmailScopes } from '../oauth/scopes.ts'
import { addMessage, removeMessage } from './mailbox.ts'
import type { Mailbox, Message } from './model.ts'
import { takePage } from './paging.ts'
import { renderMessage, renderOptionsOf, renderReference } from './payload.ts'
import { readRawMail } from './raw.ts'
import { matchesQuery } from './search.ts'
import { sendMail } from './send.ts'

const base = '/gmail/v1/users/:userId/drafts'
const { readDraft, writeDraft } = gmailScopes

export const draftRoutes: ApiRoute[] = [
  { method: 'GET', path: base, scopes: readDraft, units: 5, handle: list },
  { method: 'GET', path: `${base}/:id`, scopes: readDraft, units: 5, handle: get },
  { method: 'POST', path: base, scopes: writeDraft, units: 10, handle: create },
  { method: 'POST', path: `${base}/send`, scopes: writeDraft, units: 100, handle: send },
  { method: 'PUT', path: `${base}/:id`, scopes: writeDraft, units: 15, handle: update },
  { method: 'DELETE', path: `${base}/:id`, scopes: writeDraft, units: 10, handle: discard },
]

function list({ account, query }: ApiCall): Answer {
  const drafts = [...account.mailbox.drafts]
    .filter(([, message]) => matchesQuery(message, query.get('q') ?? ''))
    .reverse()
  const { page, nextPageToken } = takePage(drafts, query, ([draftId]) => draftId)
  return ok({
    ...(page.length > 0 && {
      drafts: page.map(([draftId, { id, threadId }]) => ({ id: draftId, message: { id, threadId } })),
    }),
    ...(nextPageToken && { nextPageToken }),
    resultSizeEstimate: drafts.length,
  })
}

function get({ account, params, query }: ApiCall): Answer {
  const { id, message } = draftOf(account.mailbox, params.id)
  return ok({ id, message: renderMessage(message, renderOptionsOf(query)) })
}

function create(call: ApiCall): Answer {
  const { mailbox } = call.account
  return ok(saveDraft(mailbox, mailbox.ids.draft(), readRawMail(mailbox, jsonOf(call).message)))
}

function update(call: ApiCall): Answer {
  const { mailbox } = call.account
  const draft = draftOf(mailbox, call.params.id)
  return ok(replaceDraft(mailbox, draft, jsonOf(call).message))
}

function send(call: ApiCall): Answer {
  const { sandbox, account } = call
  const { id, message: replacement } = jsonOf(call) as { id?: string; message?: { raw?: unknown } }
  if (replacement?.raw) replaceDraft(account.mailbox, draftOf(account.mailbox, id), replacement)
  const { message: draft } = draftOf(account.mailbox, id)
  // Filed before the draft goes, so that a draft Gmail refuses to send is still there.
  const { raw, threadId } = draft
  const sent = sendMail(sandbox, account, { raw, threadId })
  forgetDraft(account.mailbox, id, draft)
  return ok(renderReference(sent))
}

function discard({ account, params }: ApiCall): Answer {
  const { id, message } = draftOf(account.mailbox, params.id)
  forgetDraft(account.mailbox, id, message)
  return { status: 204 }
}

function draftOf({ drafts }: Mailbox, id: string | undefined): { id: string; message: Message } {
  const message = id === undefined ? undefined : drafts.get(id)
  if (id === undefined || !message) throw notFound()
  return { id, message }
}

function replaceDraft(mailbox: Mailbox, { id, message }: { id: string; message: Message }, resource: unknown): object {
  const named = resource as { threadId?: string } | undefined
  const mail = readRawMail(mailbox, { threadId: message.threadId, ...named })
  const isAlone = named?.threadId === undefined && message.threadId === message.id
  removeMessage(mailbox, message)
  return saveDraft(mailbox, id, isAlone ? { raw: mail.raw, threadId: message.threadId } : mail)
}

function saveDraft(mailbox: Mailbox, id: string, mail: { raw: Buffer; threadId: string | undefined }): object {
  const { raw, threadId } = mail
  const message = addMessage(mailbox, {
    raw,
    labelIds: ['DRAFT'],
    internalDate: Date.now(),
    ...(threadId && { threadId }),
  })
  mailbox.drafts.set(id, message)
  return { id, message: renderReference(message) }
}

function forgetDraft(mailbox: Mailbox, id: string | undefined, message: Message): void {
  mailbox.drafts.delete(id ?? '')
  removeMessage(mailbox, message)
}
