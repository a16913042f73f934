import type { z } from 'zod'
import { messageOf, StartError } from '../errors.ts'
import { retryRead, connectionCodeOf } from '../http/retry-read.ts'

const timeoutMs = 20_000

/** A refusal of the server's: its sentence for the person, its reason for us. */
export class ApiRefusal extends StartError {
  readonly reason: string

  constructor(message: string, reason: string) {
    super(message)
    this.reason = reason
  }
}

export interface ApiCall<Schema extends z.ZodType> {
  readonly answer: Schema
  /** Makes it a mutation. */
  readonly input?: object
  readonly accessToken?: string
  readonly signal?: AbortSignal
}

/** Calls a procedure of the server on this machine and keeps what cookies it sets. ApiRefusal. */
export async function callServer<Schema extends z.ZodType>(
  url: string,
  procedure: string,
  { answer, input, accessToken, signal }: ApiCall<Schema>,
): Promise<{ data: z.infer<Schema>; cookies: string[] }> {
  const ask = () =>
    fetch(`${url}/trpc/${procedure}`, {
      method: input ? 'POST' : 'GET',
      headers: {
        ...(input ? { 'content-type': 'application/json' } : {}),
        ...(accessToken ? { authorization: `Bearer ${accessToken}` } : {}),
      },
      body: input ? JSON.stringify(input) : null,
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]),
    })
  const response = await (input ? ask() : retryRead(ask)).catch((error: unknown) => {
    signal?.throwIfAborted()
    const detail = connectionCodeOf(error) ?? messageOf(error)
    throw new StartError(`No server answers at ${url} (${detail}). Start it in another terminal: make dev`)
  })
  const body = (await response.json().catch(() => ({}))) as {
    result?: { data: unknown }
    error?: { message: string; data: { reason: string } }
  }
  if (body.error) throw new ApiRefusal(body.error.message, body.error.data.reason)
  const parsed = answer.safeParse(body.result?.data)
  if (!parsed.success) throw new StartError(`What answers at ${url} is not this ReasonFlow. Set PORT to where it runs.`)
  return { data: parsed.data, cookies: response.headers.getSetCookie() }
}
