import { jsonOf, notFound } from '../errors.ts'
import { ok, type Answer } from '../http.ts'
import type { ApiCall, ApiRoute } from '../route.ts'
import type { Account, SandboxState } from '../state.ts'
import { gmailScopes } from '../oauth/scopes.ts'
import { addMessage, removeMessage, threadMessages } from './mailbox.ts'
import type { Mailbox, Message } from './model.ts'
import { takePage } from './paging.ts'
import { renderMessage, renderOptionsOf, renderReference } from './payload.ts'
import { readRawMail } from './raw.ts'
import { compileFor } from './search.ts'
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

async function list({ account, query }: ApiCall): Promise<Answer> {
  const matches = await compileFor(account, query.get('q') ?? '')
  const drafts = [...account.mailbox.drafts].filter(([, message]) => matches(message)).reverse()
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
  return ok(renderReference(sendDraft(sandbox, account, id)))
}

/** Sends a draft, which is gone then. */
export function sendDraft(sandbox: SandboxState, account: Account, draftId: string | undefined): Message {
  const { message: draft } = draftOf(account.mailbox, draftId)
  // Filed before the draft goes, so that a draft Gmail refuses to send is still there.
  const { raw, threadId } = draft
  const sent = sendMail(sandbox, account, { raw, threadId })
  removeMessage(account.mailbox, draft)
  return sent
}

function discard({ account, params }: ApiCall): Answer {
  removeMessage(account.mailbox, draftOf(account.mailbox, params.id).message)
  return { status: 204 }
}

export function draftOf({ drafts }: Mailbox, id: string | undefined): { id: string; message: Message } {
  const message = id === undefined ? undefined : drafts.get(id)
  if (id === undefined || !message) throw notFound()
  return { id, message }
}

function replaceDraft(mailbox: Mailbox, { id, message }: { id: string; message: Message }, resource: unknown): object {
  const { threadId: own } = message
  const { raw, threadId: named = own } = (resource ?? {}) as { raw?: unknown; threadId?: string }
  const mail = readRawMail(mailbox, { raw, threadId: named })
  const isAlone = named === own && threadMessages(mailbox, own).length === 1
  removeMessage(mailbox, message)
  return saveDraft(mailbox, id, isAlone ? { raw: mail.raw, threadId: own } : mail)
}

/** Files a draft under this id, as a new message. */
export function saveDraft(mailbox: Mailbox, id: string, mail: { raw: Buffer; threadId: string | undefined }): object {
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
