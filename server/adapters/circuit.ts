import { circuitBreaker, CircuitState, CountBreaker, handleWhenResult } from 'cockatiel'
import { UpstreamError, type UpstreamKind, type UpstreamVendor, vendorNames } from '../errors.ts'
import { circuitOpen, circuitOpened } from '../metrics.ts'
import type { Circuit, Circuits } from '../ports.ts'

/**
 * A share of many calls and not failures in a row, a call counting once with its repetitions: one mailbox or message
 * that always fails stays below it as long as others are answered, and a vendor that is down is soon above it.
 */
const window = { size: 20, minimumNumberOfCalls: 10, threshold: 0.6 } as const
const pauseMs = 30_000
/** While one call tries whether the service is back, the others are retried a little later. */
const probeMs = 5_000

const failures: readonly UpstreamKind[] = ['unavailable', 'timeout', 'bad_answer']

type Outcome<T> = { readonly isFailure: false; readonly value: T } | { readonly isFailure: boolean; error: unknown }

/** Opens when more than three in five of the last calls failed; after 30 s one call tries again, and its answer closes it. */
export function createCircuit(vendor: UpstreamVendor, onChange?: (isOpen: boolean) => void): Circuit {
  const policy = circuitBreaker(
    handleWhenResult((outcome) => (outcome as Outcome<unknown>).isFailure),
    { halfOpenAfter: pauseMs, breaker: new CountBreaker(window) },
  )
  let pause: Circuit['pause'] = null
  circuitOpen.set({ vendor }, 0)
  policy.onBreak(() => {
    const now = new Date()
    pause = { since: pause?.since ?? now, until: new Date(now.getTime() + pauseMs) }
    circuitOpen.set({ vendor }, 1)
    circuitOpened.inc({ vendor })
    onChange?.(true)
  })
  policy.onReset(() => {
    pause = null
    circuitOpen.set({ vendor }, 0)
    onChange?.(false)
  })

  return {
    get pause() {
      return pause
    },
    async run<T>(call: () => Promise<T>, signal?: AbortSignal) {
      const isProbe = pause !== null
      if (pause && (policy.state === CircuitState.HalfOpen || pause.until.getTime() > Date.now())) {
        throw openCircuitError(vendor, pause.until)
      }
      const outcome = await policy.execute(async (): Promise<Outcome<T>> => {
        try {
          return { isFailure: false, value: await call() }
        } catch (error) {
          const isOwnAffair = !isOf(vendor, error) || signal?.aborted
          // What ended for reasons of ours counts neither way, but does not close the circuit either.
          if (isOwnAffair && !isProbe) throw error
          return { isFailure: isOwnAffair || failures.includes(error.kind), error }
        }
      })
      if ('error' in outcome) throw outcome.error
      return outcome.value
    },
  }
}

function isOf(vendor: UpstreamVendor, error: unknown): error is UpstreamError {
  return error instanceof UpstreamError && error.vendor === vendor
}

function openCircuitError(vendor: UpstreamVendor, until: Date): UpstreamError {
  const retryAt = new Date(Math.max(until.getTime(), Date.now() + probeMs))
  const message = `${vendorNames[vendor]} is not asked for the moment, because too many calls failed.`
  return new UpstreamError(vendor, 'unavailable', message, { retryAt, wasNotMade: true })
}

/** One a vendor; `onChange` hears of each that opens and closes. */
export function createCircuits(onChange: (vendor: keyof Circuits, isOpen: boolean) => void): Circuits {
  const circuit = (vendor: keyof Circuits) => createCircuit(vendor, (isOpen) => onChange(vendor, isOpen))
  return {
    gmail: circuit('gmail'),
    calendar: circuit('calendar'),
    'google-oauth': circuit('google-oauth'),
    gemini: circuit('gemini'),
    openai: circuit('openai'),
    hubspot: circuit('hubspot'),
  }
}
