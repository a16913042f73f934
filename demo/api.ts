import { createTRPCClient, httpBatchLink } from '@trpc/client'
import type { AppRouter } from '../server/router.ts'

/** A small browser: keeps its cookies and its access token, and calls the API over HTTP as any client does. */
export function openClient(url: string) {
  const cookies = new Map<string, string>()
  let accessToken: string | undefined

  async function browse(input: string | URL, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    if (cookies.size > 0) headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await fetch(input, { ...init, headers, redirect: 'manual' })
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = cookie.split(';', 1)[0]?.split('=', 2) ?? []
      cookies.set(name, value)
    }
    return response
  }

  const api = createTRPCClient<AppRouter>({
    links: [
      httpBatchLink({
        url: `${url}/trpc`,
        maxItems: 10,
        headers: () => (accessToken ? { authorization: `Bearer ${accessToken}` } : {}),
        fetch: (input, init) => browse(String(input), init as RequestInit),
      }),
    ],
  })
  return { api, browse, signIn: (token: string) => void (accessToken = token) }
}

export type Api = ReturnType<typeof openClient>['api']
