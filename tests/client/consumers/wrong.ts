// Each of these must not compile.
import { createTRPCClient, httpBatchLink, type TRPCClientError } from '@trpc/client'
import type { AppRouter } from 'reasonflow-client/router'
import type { Draft, ListEmailsInput, Notification } from 'reasonflow-client/schemas'

const api = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: 'http://127.0.0.1/trpc' })] })
declare const draft: Draft
declare const notification: Notification
declare const failure: TRPCClientError<AppRouter>

// @ts-expect-error -- an unknown procedure
export const a = api.emails.everything.query()
// @ts-expect-error -- an unknown group
export const b = api.users.list.query()
// @ts-expect-error -- a wrong key of an input
export const c = api.emails.get.query({ id: '1' })
// @ts-expect-error -- one key too many
export const d = api.emails.get.query({ emailId: '1', userId: '2' })
// @ts-expect-error -- no such status
export const e = api.emails.list.query({ status: ['read'] })
// @ts-expect-error -- an input that may not be left out
export const f = api.drafts.get.query()
// @ts-expect-error -- a draft that is open has no moment at which it went out
export const g: string = draft.status === 'pending' ? draft.sentAt : ''
// @ts-expect-error -- no field of a draft
export const h = draft.status === 'sent' && draft.recipient
// @ts-expect-error -- a mutation is no query
export const i = api.drafts.approve.query({ draftId: '1', version: 1 })
// @ts-expect-error -- a query is no mutation
export const j = api.emails.list.mutate({})
// @ts-expect-error -- a subscription is no query
export const k = api.notifications.stream.query({})
// @ts-expect-error -- this kind is about a mailbox
export const l = notification.kind === 'mailbox_needs_reauth' && notification.payload.draftId
// @ts-expect-error -- no such reason
export const m = failure.data?.reason === 'OUT_OF_COFFEE'
// @ts-expect-error -- a number is no list
export const n: ListEmailsInput = { status: 1 }
