import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { createTRPCOptionsProxy, useSubscription } from '@trpc/tanstack-react-query'
import type { AppRouter } from 'reasonflow-client/router'
import { EditDraftInput, type Notification } from 'reasonflow-client/schemas'
import { useMemo, useState } from 'react'
import { client } from './client'

function useApi() {
  const queryClient = useQueryClient()
  return useMemo(() => createTRPCOptionsProxy<AppRouter>({ client, queryClient }), [queryClient])
}

export function Desk() {
  const api = useApi()
  const [news, setNews] = useState<Notification[]>([])
  const mails = useInfiniteQuery(
    api.emails.list.infiniteQueryOptions({ limit: 2 }, { getNextPageParam: ({ nextCursor }) => nextCursor }),
  )
  useSubscription(
    api.notifications.stream.subscriptionOptions(
      { lastEventId: '0' },
      { onData: ({ data }) => setNews((known) => [...known, data]) },
    ),
  )
  const items = mails.data?.pages.flatMap((page) => page.items) ?? []
  const draft = items.find((mail) => mail.draft)?.draft
  return (
    <main>
      <ul id="mails">
        {items.map(({ id, subject, status }) => (
          <li key={id}>
            {subject}: {status}
          </li>
        ))}
      </ul>
      {mails.hasNextPage && <button onClick={() => mails.fetchNextPage()}>More</button>}
      {draft && <Draft draftId={draft.id} />}
      <ol id="news">
        {news.map(({ id, kind }) => (
          <li key={id}>{kind}</li>
        ))}
      </ol>
    </main>
  )
}

function Draft({ draftId }: { draftId: string }) {
  const api = useApi()
  const queries = useQueryClient()
  const { data: draft } = useQuery(api.drafts.get.queryOptions({ draftId }))
  const edit = useMutation(
    api.drafts.edit.mutationOptions({ onSuccess: () => queries.invalidateQueries(api.drafts.get.pathFilter()) }),
  )
  const [body, setBody] = useState('')
  if (!draft) return null
  const input = EditDraftInput.safeParse({ draftId, version: draft.version, body })
  return (
    <section>
      <pre id="draft">{draft.body}</pre>
      <textarea value={body} onChange={(event) => setBody(event.target.value)} />
      <button disabled={!input.success} onClick={() => input.success && edit.mutate(input.data)}>
        Save
      </button>
      {edit.error && <p id="refused">{edit.error.data?.reason}</p>}
    </section>
  )
}
