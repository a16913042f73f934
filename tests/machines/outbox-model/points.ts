import { type Decision, type SideEvent, sideEvents } from './schedule.ts'
import type { Stage } from './stage.ts'

export interface Moment {
  readonly when: 'before' | 'after'
  readonly step: string
}

const gmailReads = ['gmail-find-sent', 'gmail-read-draft']
const refusable = ['gmail-create-draft', 'gmail-send-draft']

/**
 * All that may happen to the worker that is about to take this step, or has just taken it; `taken` is the last side event
 * at this point.
 *
 * Left out is what is the same play under another name. To die or stall after a step is to do so before the next, since
 * only reads of what does not change lie between. To stall before the claim is to come later.
 */
export function optionsAt({ when, step }: Moment, stage: Stage, taken: SideEvent | undefined): Decision[] {
  if (step === 'approve-draft') return ['die']
  const isGmail = step.startsWith('gmail-')
  if (when === 'after') return isGmail && !gmailReads.includes(step) ? ['lose'] : []
  const isClaim = step === 'claim-outbox'
  const options: Decision[] = isClaim ? ['die'] : ['die', 'stall']
  if (isGmail) options.push('fail')
  if (refusable.includes(step)) options.push('refuse')
  options.push(...possibleEvents(stage, taken))
  if (stage.workers.asleepCount > 0) options.push('wake')
  return options
}

function possibleEvents({ configuration, world }: Stage, taken: SideEvent | undefined): SideEvent[] {
  const from = taken ? sideEvents.indexOf(taken) + 1 : 0
  return sideEvents.slice(from).filter((event) => {
    if (!configuration.meddling.includes(event)) return false
    if (event === 'cancel') return !world.owner.hasCancelled
    return event === 'redeliver' || world.gmail.drafts.size > 0
  })
}
