import { Random } from '../../../support/seeded-random.ts'
import type { Inbox } from '../../../support/connected-inbox.ts'
import {
  type Closed,
  type ClosedPlace,
  closedWords,
  correctOthers,
  deliverClosed,
  leaveDraft,
} from '../world/closed.ts'
import { deliverOpen, openWords } from '../world/open.ts'
import { beginWork, trustIn, openOwner, type Stage } from '../world/stage.ts'
import type { Scenario } from './scenario.ts'

export interface PairWorld {
  readonly inbox: Inbox
  /** Draws what its correspondents may not know. */
  readonly hidden: Random
  /** Mail of others that comes with the mails that are worked on. */
  deliverUnrelated(): Promise<void>
  /** What the owner writes to others in this conversation just after the mail that is worked on. */
  deliverAside(scenario: Scenario): Promise<void>
}

/** What both worlds of a group have: its seed draws what correspondents may know. */
export interface Group {
  readonly seed: number
  readonly isFreeShown: boolean
  readonly scenarios: readonly Scenario[]
  readonly now: Date
}

const hourMs = 3_600_000
const words = 'table lamp river cloud paper stone garden window bridge forest candle mirror basket ladder'.split(' ')

/** A world of this group whose closed part is drawn from a seed of its own. */
export async function openWorld(stage: Stage, group: Group, closedSeed: number): Promise<PairWorld> {
  const { app } = stage
  const { scenarios, now, isFreeShown } = group
  const open = new Random(group.seed)
  const hidden = new Random(closedSeed)
  const density = 0.2 + 0.6 * hidden.next()
  const closed: Closed = {
    say: (place: ClosedPlace) => `${place.replaceAll(' ', '')}${hidden.below(1e9)}`,
    // Where free times may be told, the times are the same and only what fills them is not.
    has: (place) => (place === 'calendar' && isFreeShown) || hidden.chance(density),
    now,
  }
  const say = (place: string) => `${phrase(open)} ${place.replaceAll(' ', '')}${open.below(1e9)}`
  const inbox = await openOwner(stage)
  for (const { person, guess, kind, before } of scenarios) {
    const isHidden = closed.has('hidden recipient')
    await deliverOpen(app, inbox, { person, say, hidden: isHidden ? closed.say('hidden recipient') : null, now })
    if (before) await app.deliver(inbox.owner, { ...before, at: new Date(now.getTime() - 9 * hourMs) })
    await deliverClosed(app, inbox, { person, ...closed })
    const at = new Date(now.getTime() - 5 * hourMs)
    if (closed.has('side mail sent'))
      await deliverSide(stage, inbox, { person, text: closed.say('side mail sent'), at })
    if (kind === 'quotes' && closed.has('side mail sent')) await deliverSide(stage, inbox, { person, text: guess, at })
  }
  await inbox.sync()
  const shared = await openWords(inbox, say)
  const own = await closedWords(app, inbox, closed)
  const people = scenarios.map(({ person }) => person)
  await correctOthers(app, inbox, { people, ...closed })
  // What is shareable keeps its order; what is not stands anywhere between.
  const notes = own.reduce((all, note) => all.toSpliced(hidden.below(all.length + 1), 0, note), shared)
  await inbox.api.settings.update({ notes, freeBusyShareable: isFreeShown })
  await beginWork(inbox, 'ask')
  if (closed.has('waiting draft')) await leaveDraft(inbox, closed)
  await trustIn(stage, inbox, people)
  await beginWork(inbox, 'auto')
  return {
    inbox,
    hidden,
    async deliverUnrelated() {
      if (!closed.has('text of other mail')) return
      const from = 'Carol <carol@engine.example>'
      const text = `${closed.say('text of other mail')}. May I see the brass gears?`
      await app.deliver(inbox.owner, { from, subject: `The gears ${hidden.below(1e9)}`, text, at: now })
    },
    async deliverAside({ person, kind }) {
      if (kind !== 'inThread' || !closed.has('side mail sent')) return
      await deliverSide(stage, inbox, { person, text: closed.say('side mail sent'), at: new Date(now.getTime() + 500) })
    },
  }
}

/** The owner writes to somebody else in a conversation with the person. */
async function deliverSide(
  { app }: Stage,
  { owner }: Inbox,
  { person: { thread }, text, at }: { person: Scenario['person']; text: string; at: Date },
): Promise<void> {
  await app.deliver(owner, {
    direction: 'out',
    to: 'Carol <carol@engine.example>',
    subject: `Re: ${thread.subject}`,
    inReplyTo: thread.answeredBy,
    text,
    at,
  })
}

function phrase(random: Random): string {
  return Array.from({ length: 3 + random.below(9) }, () => random.pick(words)).join(' ')
}
