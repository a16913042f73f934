import { isUpstream, type UpstreamVendor } from '../../../../../server/errors.ts'
import type { JobRun, Log, PortFailure } from '../../log.ts'

/** Gmail writes whole seconds and milliseconds, and clocks are read one after the other. */
const toleranceMs = 50

/**
 * Before the moment that Gmail, or Google's sign-in, named nobody asks it again: after a limit of the day the job that
 * met it, after any other limit nobody at all.
 */
export function waitProblems({ failures, jobRuns }: Log): string[] {
  return failures.flatMap((failure) => {
    const { waitUntil, after, error } = failure
    if (!waitUntil || !isUpstream(error, 'rate_limited', 'daily_limit')) return []
    const until = waitUntil.getTime() - toleranceMs
    const tooEarly = jobRuns
      .slice(after + 1)
      .find((run) => isMeant(failure, run) && asksBefore(run, error.vendor, until))
    return tooEarly ? [`${tooEarly.name} asked Google before the time it had named`] : []
  })
}

function isMeant({ error, job }: PortFailure, run: JobRun): boolean {
  return run.name === job || isUpstream(error, 'rate_limited')
}

function asksBefore({ calls }: JobRun, vendor: UpstreamVendor, until: number): boolean {
  return calls.some(({ path, at }) => vendorOf(path) === vendor && at.getTime() < until)
}

/** A token may be renewed while Gmail wants to be left alone. */
function vendorOf(path: string): UpstreamVendor {
  return path.endsWith('/token') ? 'google-oauth' : 'gmail'
}
