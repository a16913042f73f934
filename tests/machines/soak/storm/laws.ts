import type { Inbox } from '../../../support/connected-inbox.ts'
import { defaultSettings } from '../../../support/settings.ts'
import type { AutomaticSend, Tally } from './tally.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** The product counts from the moment a send begins, the mailbox from when it is there: a moment later. */
const slackMs = 60_000

/** In all, in each mailbox and in each thread. */
export function noMoreThanPeople(tally: Tally): readonly string[] {
  return tally.excess()
}

/** The caps a new owner has, over any day and any hour. */
export function withinCaps({ sends }: Tally, tenants: readonly Inbox[]): readonly string[] {
  const { dailySendCap, hourlySendCap, correspondentDailyCap } = defaultSettings
  const now = Date.now()
  const problems: string[] = []
  for (const { owner } of tenants) {
    // Only the newest window: the earlier ones were looked at when they were new.
    const lastDay = newest(sends, now - dayMs + slackMs).filter(({ tenant }) => tenant === owner.email)
    const lastHour = newest(lastDay, now - hourMs + slackMs)
    if (lastDay.length > dailySendCap) problems.push(`${owner.email} sent ${lastDay.length} in a day`)
    if (lastHour.length > hourlySendCap) problems.push(`${owner.email} sent ${lastHour.length} in an hour`)
    for (const [to, count] of Map.groupBy(lastDay, (send) => send.to)) {
      if (count.length > correspondentDailyCap) problems.push(`${owner.email} sent ${count.length} in a day to ${to}`)
    }
  }
  return problems
}

function newest(sends: readonly AutomaticSend[], after: number): AutomaticSend[] {
  const first = sends.findLastIndex(({ at }) => at <= after)
  return sends.slice(first + 1)
}
