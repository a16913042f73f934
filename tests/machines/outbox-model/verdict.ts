import type { StoredEntry } from './one-mail.ts'
import type { Play } from './play.ts'
import type { Decision } from './schedule.ts'
import type { World } from './world.ts'

/** What must never be, whatever happens. */
export const problems = [
  'duplicate',
  'notAsApproved',
  'falselySent',
  'falselyUnsent',
  'unknownDeliveredTwice',
  'undoneYetSent',
  'stuck',
  'untold',
  'lateChange',
  'takenWhileHeld',
  'heldUp',
] as const
export type Problem = (typeof problems)[number]

/** How draft and mail look when a send has ended so, and what the owner was told of it. */
const endings: Readonly<Record<string, { draft: string; email: string; told?: string }>> = {
  SENT: { draft: 'sent', email: 'sent' },
  CANCELLED: { draft: 'pending', email: 'needs_review' },
  REJECTED: { draft: 'pending', email: 'needs_review', told: 'send_rejected' },
  NOT_SENT: { draft: 'pending', email: 'needs_review' },
  UNKNOWN: { draft: 'unknown', email: 'needs_review', told: 'send_unknown' },
}
const unsent = ['CANCELLED', 'REJECTED', 'NOT_SENT']

export interface Verdict {
  /** The state of each entry with what was delivered for it, as `NOT_SENT:0 SENT:1`. */
  readonly end: string
  readonly problems: readonly Problem[]
}

type Ended = Pick<Play, 'stored' | 'world' | 'isSettled' | 'schedule' | 'configuration'>

export function judge(ended: Ended): Verdict {
  const { stored, world, isSettled } = ended
  const entries = stored.entries.map(({ id, state }) => {
    return { state, delivered: world.gmail.sent.filter(({ mail }) => mail.outboxId === id).length }
  })
  const any = (isMeant: (state: string, delivered: number) => boolean) =>
    entries.some(({ state, delivered }) => isMeant(state, delivered))
  const told = stored.notifications.map(({ kind }) => kind)
  const last = endings[entries.at(-1)?.state ?? '']
  const isWhole = last?.draft === stored.draft && last.email === stored.email
  const isUntold = (state: string) => {
    const kind = endings[state]?.told
    return kind !== undefined && !told.includes(kind)
  }
  const found: Readonly<Record<Problem, boolean>> = {
    duplicate: world.gmail.sent.length > 1,
    // What was changed before its sender read it; between reading and sending Gmail lets nobody look.
    notAsApproved: world.gmail.sent.some(({ wasUnapproved }) => wasUnapproved),
    falselySent: any((state, delivered) => state === 'SENT' && delivered === 0),
    falselyUnsent: any((state, delivered) => unsent.includes(state) && delivered > 0),
    unknownDeliveredTwice: any((state, delivered) => state === 'UNKNOWN' && delivered > 1),
    undoneYetSent: world.owner.isUndone && any((state, delivered) => state === 'CANCELLED' && delivered > 0),
    stuck: !isSettled || !isWhole,
    untold: any(isUntold),
    lateChange: world.lateChanges > 0,
    takenWhileHeld: world.takenWhileHeld > 0,
    heldUp: !mayEndUnsent(ended) && (stored.entries.at(-1)?.state !== 'SENT' || told.includes('send_unknown')),
  }
  return {
    end: entries.map(({ state, delivered }) => `${state}:${delivered}`).join(' '),
    problems: problems.filter((problem) => found[problem]),
  }
}

/** How long Gmail's view of a thread may lag behind before a person is asked: protocol C in safety.md 5.1. */
const visibilityBoundMs = 10 * 60_000
const hindrances: ReadonlySet<Decision> = new Set([
  'refuse',
  'delete-draft',
  'edit-draft',
  'redirect-draft',
  'retitle-draft',
  'move-draft',
])

/**
 * Whether anything stood in the way, so that the reply need not have gone out, or its owner had to be asked: the owner or
 * Gmail, or that what went out could not be seen in time. Crashes, stalls and lost answers are no excuse.
 */
function mayEndUnsent({ stored, world, schedule, configuration }: Ended): boolean {
  if (world.owner.isUndone || schedule.some(({ decision }) => hindrances.has(decision))) return true
  const [entry] = stored.entries
  return entry !== undefined && isOutOfSight(entry, world, configuration.lagMs)
}

function isOutOfSight({ sending_since }: StoredEntry, { gmail }: World, lagMs: number): boolean {
  const until = new Date(sending_since ?? 0).getTime() + visibilityBoundMs
  return gmail.sent.some(({ sentAt }) => sentAt + lagMs > until)
}
