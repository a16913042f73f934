import type { Circuit } from '../../ports.ts'
import { withinDeadline } from '../http-wire.ts'
import { toUpstream } from './errors.ts'

export interface GeminiCall {
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly circuit: Circuit
}

/** One request under the caller's signal and a deadline of its own; throws UpstreamError and nothing else. */
export function callGemini<T>(
  { signal, timeoutMs, circuit }: GeminiCall,
  request: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return circuit.run(() => withinDeadline({ caller: signal, timeoutMs }, request, toUpstream), signal)
}
