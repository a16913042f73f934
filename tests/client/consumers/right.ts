import { createTRPCClient, httpBatchLink, type TRPCClientError } from '@trpc/client'
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import type { AppRouter } from 'reasonflow-client/router'
import { type Draft, type DraftStatus, EmailStatus, type ErrorReason, ListEmailsInput } from 'reasonflow-client/schemas'
import type { z } from 'zod'
import { exactly } from './exactly.ts'

type In = inferRouterInputs<AppRouter>
type Out = inferRouterOutputs<AppRouter>
const api = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: 'http://127.0.0.1/trpc', maxItems: 10 })] })

export async function readMail() {
  const page = await api.emails.list.query({ status: ['needs_review'], limit: 5 })
  exactly<(typeof page.items)[number]['status'], EmailStatus>()
  exactly<(typeof page)['nextCursor'], string | null>()
  exactly<Out['drafts']['edit'], Draft>()
  exactly<In['drafts']['edit']['version'], number>()
  exactly<In['emails']['list'], z.input<typeof ListEmailsInput> | undefined | void>()
  await api.emails.list.query()
  await api.emails.stats.query()
  return page.items.map(({ subject, draft }) => `${subject}: ${draft?.preview ?? ''}`)
}

export async function decide(draftId: string) {
  const draft = await api.drafts.get.query({ draftId })
  exactly<(typeof draft)['status'], DraftStatus>()
  if (draft.status === 'approved') exactly<(typeof draft)['sendAt'], string>()
  if (draft.status === 'sent') exactly<(typeof draft)['outcome'], 'sent_as_drafted' | 'edited'>()
  const { version } = await api.drafts.edit.mutate({ draftId, version: draft.version, body: 'Yes.', fault: 'TOO_LONG' })
  try {
    return await api.drafts.approve.mutate({ draftId, version })
  } catch (error) {
    const failure = error as TRPCClientError<AppRouter>
    exactly<NonNullable<(typeof failure)['data']>['reason'], ErrorReason>()
    exactly<NonNullable<(typeof failure)['data']>['fieldErrors'], Record<string, string[]> | null>()
    return failure.data?.reason === 'DRAFT_CHANGED' ? undefined : failure.message
  }
}

export function listen(show: (about: string) => void) {
  return api.notifications.stream.subscribe(
    { lastEventId: '0' },
    {
      onData({ id, data }) {
        exactly<typeof id, string>()
        if (data.kind === 'draft_ready') show(data.payload.draftId)
      },
      onError: ({ data }) => show(data?.reason ?? ''),
    },
  )
}

export const parsed: ListEmailsInput = ListEmailsInput.parse({ status: EmailStatus.options.slice(0, 1) })
