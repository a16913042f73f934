import { UpstreamError, type UpstreamVendor } from '../../../server/errors.ts'
import type { StepHook } from '../../../server/step.ts'
import type { Fault, Moment } from './points.ts'

/** Notes every step; at the fault's own it kills this process, or fails. */
export function createFaultHook(fault: Fault | null) {
  const passed: { begun: string[]; ended: string[] } = { begun: [], ended: [] }
  let begun = 0
  let ended = 0
  let hasStruck = false
  let isLifted = false

  const strike = (name: string, moment: Moment): undefined | Promise<void> => {
    if (fault?.moment !== moment) return undefined
    hasStruck = true
    return blows[moment](name)
  }
  const hook: StepHook = {
    before(name) {
      passed.begun.push(name)
      if (isLifted || name !== fault?.step) return undefined
      begun += 1
      if (begun > fault.occurrence) return strike(name, 'fail-always')
      if (begun < fault.occurrence) return undefined
      return strike(name, 'kill-before') ?? strike(name, 'fail-always')
    },
    after(name) {
      passed.ended.push(name)
      if (isLifted || name !== fault?.step) return undefined
      ended += 1
      return ended === fault.occurrence ? (strike(name, 'kill-after') ?? strike(name, 'lose-answer')) : undefined
    },
  }
  return { hook, passed, hasStruck: () => hasStruck, lift: () => void (isLifted = true) }
}

const blows: Record<Moment, (name: string) => Promise<void>> = {
  'kill-before': die,
  'kill-after': die,
  'lose-answer': (name) => fail(name, 'timeout'),
  // A claim or its release waits 18 s of real time for a broken connection, each of a dozen tries: there it is a bug.
  'fail-always': (name) =>
    /^(claim|release)-/.test(name) ? Promise.reject(new Error(`${name} failed on purpose`)) : fail(name, 'unavailable'),
}

/** As by the kernel: nothing is tidied up, nothing more is said. */
function die(): Promise<void> {
  process.kill(process.pid, 'SIGKILL')
  return new Promise(() => undefined)
}

const vendors: Readonly<Record<string, UpstreamVendor>> = {
  gmail: 'gmail',
  google: 'google-oauth',
  calendar: 'calendar',
  model: 'gemini',
  embed: 'gemini',
  hubspot: 'hubspot',
}

/** What an effect of this name fails with in life: an outside service's failure, or a broken connection. */
function fail(name: string, kind: 'unavailable' | 'timeout'): Promise<never> {
  const vendor = vendors[name.split('-')[0] ?? '']
  const what = `${name} failed on purpose`
  return Promise.reject(vendor ? new UpstreamError(vendor, kind, what) : new Error(`Connection terminated: ${what}`))
}
