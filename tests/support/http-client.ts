import { createTRPCClient, httpBatchLink, httpLink, TRPCClientError } from '@trpc/client'
import type { AppRouter } from '../../server/router.ts'
import type { TestApp, TestOwner } from './app.ts'

/** The API as a frontend calls it: over HTTP, with the real client, one request a call. */
export async function httpClient(app: Pick<TestApp, 'url'>, owner: Pick<TestOwner, 'accessToken'> | null) {
  return createTRPCClient<AppRouter>({ links: [httpLink({ url: `${await app.url()}/trpc`, headers: bearer(owner) })] })
}

/** The same with batching on, as the frontend's default is. */
export async function batchClient(app: TestApp, owner: Pick<TestOwner, 'accessToken'>) {
  return createTRPCClient<AppRouter>({
    links: [httpBatchLink({ url: `${await app.url()}/trpc`, headers: bearer(owner), maxItems: 10 })],
  })
}

export interface Refusal {
  readonly status: number
  readonly reason: string
  readonly message: string
  readonly fieldErrors: Record<string, string[]> | null
}

/** How a call is refused, as a frontend sees it. */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call
  } catch (error) {
    if (!(error instanceof TRPCClientError)) throw error
    const data = error.data as { httpStatus: number; reason: string; fieldErrors: Refusal['fieldErrors'] }
    return { status: data.httpStatus, reason: data.reason, message: error.message, fieldErrors: data.fieldErrors }
  }
  throw new Error('the call was not refused')
}

function bearer(owner: Pick<TestOwner, 'accessToken'> | null): Record<string, string> {
  return owner ? { authorization: `Bearer ${owner.accessToken}` } : {}
}
