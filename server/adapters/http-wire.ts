import { setTimeout as sleep } from 'node:timers/promises'
import { askedWaitMs, isUpstream } from '../errors.ts'

// What the adapters of outside services share.

interface Deadline {
  readonly caller: AbortSignal
  readonly timeoutMs: number
}

/** One question under the caller's signal and a deadline of its own. `toError` is told which of the two has ended it. */
export async function withinDeadline<T>(
  { caller, timeoutMs }: Deadline,
  request: (signal: AbortSignal) => Promise<T>,
  toError: (error: unknown, signals: { caller: AbortSignal; deadline: AbortSignal }) => Error,
): Promise<T> {
  // The clients' own timeouts, and AbortSignal.timeout, keep their timer after the answer.
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(), timeoutMs)
  const either = AbortSignal.any([caller, deadline.signal])
  try {
    // Clients listen for aborts to come: one that came before would be lost.
    either.throwIfAborted()
    return await request(either)
  } catch (error) {
    throw toError(error, { caller, deadline: deadline.signal })
  } finally {
    clearTimeout(timer)
  }
}

/** The body, or as much of it as came before it grew too long. */
export async function readAtMost(response: Response, maxBytes: number): Promise<{ text: string; isWhole: boolean }> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > maxBytes) break
    chunks.push(chunk)
  }
  return { text: Buffer.concat(chunks).toString('utf8'), isWhole: size <= maxBytes }
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

interface Patience {
  readonly tries: number
  /** The first wait before a repetition, three times as long before the next. */
  readonly backoffMs: number
  /** A wait that the service asks for is sat out up to this long. */
  readonly longestWaitMs: number
  readonly signal: AbortSignal | undefined
}

/**
 * Tries again what failed in passing, with jitter, and after the time the service asks for. Not cockatiel's retry: when
 * the caller gives up while it waits, the failure before is what is told, and a wait that is asked for may be too long
 * to try again at all.
 */
export async function tryPatiently<T>(
  { tries, backoffMs, longestWaitMs, signal }: Patience,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt()
    } catch (error) {
      const pauseMs = backoffMs * 3 ** (failures - 1)
      const isLast = signal?.aborted || failures === tries
      const waitMs = isLast ? undefined : waitBeforeRetry(error, { pauseMs, longestWaitMs })
      if (waitMs === undefined) throw error
      await sleep(waitMs, undefined, signal ? { signal } : {}).catch(() => {
        throw error
      })
    }
  }
}

/** Milliseconds until the next try; undefined when it is pointless or too far away. */
function waitBeforeRetry(
  error: unknown,
  { pauseMs, longestWaitMs }: { pauseMs: number; longestWaitMs: number },
): number | undefined {
  if (!isUpstream(error, 'unavailable', 'timeout', 'bad_answer', 'rate_limited')) return undefined
  const jittered = pauseMs * (0.5 + Math.random() / 2)
  const askedMs = askedWaitMs(error) ?? 0
  return askedMs > longestWaitMs ? undefined : askedMs + jittered
}
