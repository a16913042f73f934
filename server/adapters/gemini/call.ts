import { toUpstream } from './errors.ts'

/** One request under the caller's signal and a deadline of its own; throws UpstreamError and nothing else. */
export async function callGemini<T>(
  { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number },
  request: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  // The client's own timeout keeps its timer after the answer, and with it the process.
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(), timeoutMs)
  const either = AbortSignal.any([signal, deadline.signal])
  try {
    // The client only listens for aborts to come: one that came before would be lost.
    either.throwIfAborted()
    return await request(either)
  } catch (error) {
    throw toUpstream(error, { caller: signal, deadline: deadline.signal })
  } finally {
    clearTimeout(timer)
  }
}
