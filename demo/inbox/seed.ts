import { buildThread, type SeedMail } from './build.ts'
import { clientThreads } from './clients.ts'
import { complaintThreads } from './complaints.ts'
import { languageThreads } from './languages.ts'
import { machineThreads } from './machines.ts'
import { meetingThreads } from './meetings.ts'
import { oddThreads } from './oddities.ts'
import { studioThreads } from './studio.ts'
import { threatThreads } from './threats.ts'
import { buildWorld } from './world.ts'

export type { SeedMail } from './build.ts'
export { seedCalendar } from './calendar.ts'

/** The inbox as it looks at `now`, oldest first: all dates are relative to `now`, over the last 3 weeks. */
export function seedInbox(owner: { name: string; email: string }, now: Date): SeedMail[] {
  const world = buildWorld(owner, now)
  return [
    clientThreads,
    studioThreads,
    complaintThreads,
    meetingThreads,
    languageThreads,
    oddThreads,
    machineThreads,
    threatThreads,
  ]
    .flatMap((threads) => threads(world))
    .flatMap((thread) => buildThread(world, thread))
    .sort((a, b) => a.receivedAt.getTime() - b.receivedAt.getTime() || (a.key < b.key ? -1 : 1))
}
