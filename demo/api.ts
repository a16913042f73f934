import { createTRPCClient, httpBatchLink } from '@trpc/client'
import { messageOf, StartError } from '../server/errors.ts'
import { retryRead, connectionCodeOf } from '../server/http/retry-read.ts'
import type { AppRouter } from '../server/router.ts'
import { runAgain } from './failure.ts'

/** A small browser: keeps its cookies and its access token, and calls the API over HTTP as any client does. */
export function openClient(url: string) {
  const cookies = new Map<string, string>()
  let accessToken: string | undefined

  /** Once, also where it is a GET: the code in Google's redirect to us is good for one use. */
  async function browse(input: string | URL, init: RequestInit = {}): Promise<Response> {
    try {
      return await send(input, init)
    } catch (error) {
      throw withoutAnswer(error, new URL(input), init)
    }
  }

  /** Queries come as GET, and those may be asked again. */
  async function call(input: string, init: RequestInit): Promise<Response> {
    if (init.method !== 'GET') return browse(input, init)
    return retryRead(() => send(input, init)).catch((error: unknown) => {
      throw withoutAnswer(error, new URL(input), init)
    })
  }

  async function send(input: string | URL, init: RequestInit): Promise<Response> {
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
        fetch: (input, init) => call(String(input), init as RequestInit),
      }),
    ],
  })
  return { api, browse, signIn: (token: string) => void (accessToken = token) }
}

export type Api = ReturnType<typeof openClient>['api']

/** Names the path alone: what follows it may be a code. */
function withoutAnswer(error: unknown, { pathname }: URL, { method = 'GET' }: RequestInit): StartError {
  const why = connectionCodeOf(error) ?? messageOf(error)
  return new StartError(`${method} ${pathname} got no answer (${why}). ${runAgain}`, { cause: error })
}
