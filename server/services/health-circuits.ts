import { type UpstreamVendor, vendorNames } from '../errors.ts'
import type { Circuits } from '../ports.ts'

/** `check`, unless one of these services is being left alone. */
export function unlessLeftAlone<C>(check: C, circuits: Circuits, ...vendors: readonly UpstreamVendor[]) {
  for (const vendor of vendors) {
    const { pause } = circuits[vendor]
    if (!pause) continue
    const [since, until] = [pause.since.toISOString(), pause.until.toISOString()]
    const detail = `${vendorNames[vendor]} is not asked since ${since}, because too many calls failed; next try ${until}`
    return { status: 'degraded', detail } as const
  }
  return check
}
