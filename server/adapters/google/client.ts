import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import { isUpstream, type UpstreamVendor } from '../../errors.ts'
import type { AccessTokens, MailboxRef } from '../../ports.ts'
import { badAnswer, toUpstream } from './errors.ts'

const tries = 3
const longestWaitMs = 5_000

/** What every request of a Google client is given: the library itself repeats nothing. */
export interface CallOptions {
  readonly headers: { readonly authorization: string }
  readonly signal: AbortSignal
  readonly retry: false
}

export interface GoogleCall<T> {
  readonly mailbox: MailboxRef
  readonly signal: AbortSignal | undefined
  readonly answer: z.ZodType<T>
  send(options: CallOptions): Promise<{ data: unknown }>
}

/** Calls in the name of a mailbox; every failure is an UpstreamError. */
export interface GoogleClient {
  /** For calls that may be repeated: up to three tries, with jitter and Retry-After up to 5 s. */
  read<T>(call: GoogleCall<T>): Promise<T>
  /** For calls that must not: repeated once after a 401, which says that nothing was done. */
  write<T>(call: GoogleCall<T>): Promise<T>
}

export interface GoogleTiming {
  /** What one request may take; default 10 s. */
  readonly deadlineMs?: number
  /** The first wait before a repetition, three times as long before the next; default 400 ms. */
  readonly backoffMs?: number
}

export function createGoogleClient(
  vendor: UpstreamVendor,
  tokens: AccessTokens,
  { deadlineMs = 10_000, backoffMs = 400 }: GoogleTiming,
): GoogleClient {
  async function sendOnce<T>({ signal, answer, send }: GoogleCall<T>, token: string): Promise<T> {
    const deadline = AbortSignal.timeout(deadlineMs)
    const options: CallOptions = {
      headers: { authorization: `Bearer ${token}` },
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      retry: false,
    }
    const { data } = await send(options).catch((error: unknown) => {
      throw toUpstream(vendor, error)
    })
    const parsed = answer.safeParse(data)
    if (!parsed.success) throw badAnswer(vendor, parsed.error.issues[0]?.path.join('.') || 'not what was asked for')
    return parsed.data
  }

  async function write<T>(call: GoogleCall<T>): Promise<T> {
    const { mailbox, signal } = call
    const options = signal ? { signal } : {}
    const token = await tokens.get(mailbox, options)
    try {
      return await sendOnce(call, token)
    } catch (error) {
      if (!isUpstream(error, 'needs_reauth')) throw error
      return sendOnce(call, await tokens.get(mailbox, { ...options, rejected: token }))
    }
  }

  async function read<T>(call: GoogleCall<T>): Promise<T> {
    for (let failures = 1; ; failures += 1) {
      try {
        return await write(call)
      } catch (error) {
        const waitMs =
          call.signal?.aborted || failures === tries ? undefined : waitAfter(error, backoffMs * 3 ** (failures - 1))
        if (waitMs === undefined) throw error
        await sleep(waitMs, undefined, call.signal ? { signal: call.signal } : {}).catch(() => {
          throw error
        })
      }
    }
  }

  return { read, write }
}

/** Milliseconds until the next try; undefined when it is pointless or too far away. */
function waitAfter(error: unknown, backoffMs: number): number | undefined {
  if (!isUpstream(error, 'unavailable', 'timeout', 'bad_answer', 'rate_limited')) return undefined
  const jittered = backoffMs * (0.5 + Math.random() / 2)
  const askedMs = (error.retryAt?.getTime() ?? 0) - Date.now()
  return askedMs > longestWaitMs ? undefined : Math.max(jittered, askedMs)
}
