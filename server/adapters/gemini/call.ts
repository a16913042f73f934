import type { Circuit } from '../../ports.ts'
import { toUpstream } from './errors.ts'

export interface GeminiCall {
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly circuit: Circuit
}

/** One request under the caller's signal and a deadline of its own; throws UpstreamError and nothing else. */
export function callGemini<T>(call: GeminiCall, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return call.circuit.run(() => ask(call, request), call.signal)
}

async function ask<T>({ signal, timeoutMs }: GeminiCall, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
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
