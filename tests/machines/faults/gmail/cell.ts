import { faultMatrix } from '../../../../google-sandbox/sandbox.ts'
import { type CallSite, type CallSiteName, callSites } from './call-sites.ts'
import type { FaultName } from './meanings.ts'
import { play } from './play.ts'
import type { SpoilGmail } from './gmail-trial.ts'
import type { Scenes } from './scenes.ts'

/** One kind of fault at one call of the product. */
export interface GmailCell {
  readonly name: string
  readonly site: CallSiteName
  readonly fault: FaultName
}

const siteNames = Object.keys(callSites) as CallSiteName[]
const faultNames = Object.keys(faultMatrix) as FaultName[]

export const gmailCells: readonly GmailCell[] = siteNames.flatMap((site) =>
  faultNames.map((fault) => ({ name: `gmail:${site}:${fault}`, site, fault })),
)

/** By every way to the call, with a fault that strikes once and with one that lasts; answers what was wrong. */
export async function playGmailCell(scenes: Scenes, { site, fault }: GmailCell, spoil?: SpoilGmail): Promise<string[]> {
  const { workflows }: CallSite = callSites[site]
  const problems: string[] = []
  for (const workflow of workflows) {
    for (const isLasting of [false, true]) {
      const found = await play(await scenes.get(workflow), { site, fault, isLasting }, spoil)
      problems.push(...found.map((problem) => `${workflow}, ${isLasting ? 'lasting' : 'once'}: ${problem}`))
    }
  }
  return problems
}
