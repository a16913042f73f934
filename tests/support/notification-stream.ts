import { createTRPCClient, httpSubscriptionLink } from '@trpc/client'
import { EventSource } from 'eventsource'
import type { AppRouter } from '../../server/router.ts'
import type { Notification } from '../../shared-types/index.ts'

/** The stream as a frontend reads it: the real client, which connects anew by itself. */
export function openStream(
  url: string | (() => string),
  {
    token,
    lastEventId,
    fetch: ask = fetch,
  }: { token: string | (() => string); lastEventId?: string; fetch?: typeof fetch },
) {
  const client = createTRPCClient<AppRouter>({
    links: [
      httpSubscriptionLink({
        url: () => `${typeof url === 'string' ? url : url()}/trpc`,
        EventSource,
        eventSourceOptions: {
          fetch: (address, init) => {
            const authorization = `Bearer ${typeof token === 'string' ? token : token()}`
            return ask(address, { ...init, headers: { ...init.headers, authorization } })
          },
        },
      }),
    ],
  })
  const items: Notification[] = []
  const failure = Promise.withResolvers<{ reason: string; message: string }>()
  const begun = Promise.withResolvers<void>()
  const { unsubscribe } = client.notifications.stream.subscribe(lastEventId === undefined ? {} : { lastEventId }, {
    onStarted: () => begun.resolve(),
    onData: ({ data }) => void items.push(data),
    onError: ({ data, message }) => failure.resolve({ reason: data?.reason ?? '', message }),
  })
  return {
    items,
    ids: () => items.map(({ id }) => Number(id)),
    begun: begun.promise,
    /** How it ended for good. */
    failure: failure.promise,
    [Symbol.dispose]: unsubscribe,
  }
}

/** A `fetch` whose streams can be cut, as a network does; its client is told to come again soon. */
export function cuttable() {
  const open = new Set<TransformStreamDefaultController<Uint8Array>>()
  let connections = 0
  return {
    async fetch(address: string | URL | Request, init?: RequestInit): Promise<Response> {
      const response = await fetch(address, init)
      connections++
      const body = response.body?.pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          start(controller) {
            controller.enqueue(new TextEncoder().encode('retry: 10\n\n'))
            open.add(controller)
          },
        }),
      )
      const cut = new Response(body ?? null, response)
      // What the client asks for: where it came from.
      Object.defineProperty(cut, 'url', { value: response.url })
      return cut
    },
    cut() {
      for (const each of open) each.error(new TypeError('the network is gone'))
      open.clear()
    },
    count: () => connections,
  }
}
