import type { Play } from './play.ts'

/** What must never be, whatever happens. */
export const problems = [
  'duplicate',
  'falselySent',
  'falselyUnsent',
  'unknownDeliveredTwice',
  'undoneYetSent',
  'stuck',
  'untold',
  'lateChange',
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

export function judge({ stored, world, isSettled }: Pick<Play, 'stored' | 'world' | 'isSettled'>): Verdict {
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
    falselySent: any((state, delivered) => state === 'SENT' && delivered === 0),
    falselyUnsent: any((state, delivered) => unsent.includes(state) && delivered > 0),
    unknownDeliveredTwice: any((state, delivered) => state === 'UNKNOWN' && delivered > 1),
    undoneYetSent: world.owner.isUndone && any((state, delivered) => state === 'CANCELLED' && delivered > 0),
    stuck: !isSettled || !isWhole,
    untold: any(isUntold),
    lateChange: world.lateChanges > 0,
  }
  return {
    end: entries.map(({ state, delivered }) => `${state}:${delivered}`).join(' '),
    problems: problems.filter((problem) => found[problem]),
  }
}
