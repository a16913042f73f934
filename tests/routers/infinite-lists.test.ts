import { QueryClient } from '@tanstack/react-query'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AppRouter } from '../../server/router.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { httpClient } from '../support/http-client.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { pagedLists } from '../support/procedures.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app[Symbol.asyncDispose]())

interface List {
  infiniteQueryOptions(input: object, options: object): Parameters<QueryClient['fetchInfiniteQuery']>[0]
}

test('an endless list of every kind pages to its end with the query library that a frontend uses', async () => {
  const inbox = await openInbox(app)
  for (const subject of ['One', 'Two', 'Three'])
    await inbox.newDraft({ subject, text: 'Could you send me the prices?' })
  const [contact] = (await inbox.api.contacts.list({ limit: 1 })).items
  const queries = new QueryClient()
  const client = await httpClient(app, inbox.owner)
  const proxy = createTRPCOptionsProxy<AppRouter>({ client, queryClient: queries }) as unknown as Record<
    string,
    Record<string, List>
  >
  expect(pagedLists.length).toBeGreaterThanOrEqual(8)
  const endless: string[] = []
  const counts = new Map<string, number>()
  for (const { name } of pagedLists) {
    const [group, procedure] = name.split('.') as [string, string]
    const options = proxy[group]![procedure]!.infiniteQueryOptions(
      { limit: 1, ...(name === 'contacts.emails' && { contactId: contact!.id }) },
      { getNextPageParam: (page: { nextCursor: string | null }) => page.nextCursor },
    )
    const { pages } = (await queries.fetchInfiniteQuery({ ...options, pages: 50 })) as {
      pages: { items: unknown[]; nextCursor: string | null }[]
    }
    if (pages.at(-1)?.nextCursor !== null) endless.push(name)
    counts.set(name, pages.flatMap(({ items }) => items).length)
  }
  expect(endless).toEqual([])
  expect(counts.get('emails.list')).toBe(3)
  expect(counts.get('drafts.list')).toBe(3)
})
