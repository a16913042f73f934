import type { SandboxRequest } from '../../../google-sandbox/sandbox.ts'

const minuteMs = 60_000

/** The fewest units in any 60 s between the first and the last call, and how long that was. */
export function minutesOf(calls: readonly SandboxRequest[]): { slowestMinute: number; seconds: number } {
  const [first, last] = [calls[0]?.at.getTime() ?? 0, calls.at(-1)?.at.getTime() ?? 0]
  let slowestMinute = Infinity
  for (const { at } of calls) {
    const since = at.getTime()
    if (since + minuteMs > last) break
    const within = calls.filter((call) => call.at.getTime() > since && call.at.getTime() <= since + minuteMs)
    slowestMinute = Math.min(
      slowestMinute,
      within.reduce((sum, { units }) => sum + units, 0),
    )
  }
  return { slowestMinute: Number.isFinite(slowestMinute) ? slowestMinute : 0, seconds: (last - first) / 1_000 }
}
