import { faultMatrix } from '../../../../demo/sandbox/sandbox.ts'
import { type CallSiteName, callSites } from './call-sites.ts'
import type { GmailCell } from './cell.ts'
import type { FaultName } from './meanings.ts'

export const callSiteNames = Object.keys(callSites) as CallSiteName[]
export const faultNames = Object.keys(faultMatrix) as FaultName[]

export const gmailCells: readonly GmailCell[] = callSiteNames.flatMap((site) =>
  faultNames.map((fault) => ({ site, fault })),
)

export function nameOf({ site, fault }: GmailCell): string {
  return `gmail:${site}:${fault}`
}
