import type { AppContext } from '../../context.ts'
import { listPauses } from '../../db/system/circuit-pauses.ts'
import { type UpstreamVendor, vendorNames } from '../../errors.ts'
import { ask, type Check, degraded, ok } from './check.ts'

export interface Pause {
  readonly vendor: string
  readonly since: string
  readonly until: string
}

/** The services whose circuit is open in this process. */
export function ownPauses({ circuits }: AppContext): Pause[] {
  return Object.entries(circuits).flatMap(([vendor, { pause }]) =>
    pause ? [{ vendor, since: pause.since.toISOString(), until: pause.until.toISOString() }] : [],
  )
}

/** Those whose circuit is open in any process, as far as the database tells. */
export async function allPauses(ctx: AppContext): Promise<Pause[]> {
  const { answer: elsewhere = [] } = await ask(() => listPauses(ctx.db))
  return [...ownPauses(ctx), ...elsewhere]
}

/** Whether these services are asked. */
export function checkAsked(pauses: readonly Pause[], ...vendors: readonly UpstreamVendor[]): Check {
  for (const vendor of vendors) {
    const pause = pauses.find((each) => each.vendor === vendor)
    if (!pause) continue
    const { since, until } = pause
    return degraded(
      `${vendorNames[vendor]} is not asked since ${since}, because too many calls failed; next try ${until}`,
    )
  }
  return ok()
}
