import type { DatabaseConfig } from '../../../../server/db/engine/connection.ts'
import { Random } from '../../../support/seeded-random.ts'
import { fillOtherTenant } from '../world/closed.ts'
import { openOwner, openStage, type Prepare, sendDue, type Stage } from '../world/stage.ts'
import { compare, look, type Worked } from './compare.ts'
import { type Scenario, scenarioOf } from './scenario.ts'
import { type Group, openWorld, type PairWorld } from './world.ts'

export interface PairFigures {
  readonly pairs: number
  readonly differing: number
  /** Pairs of which both replies went out. */
  readonly sent: number
  readonly problems: string[]
}

const pairsOfGroup = 20
/** Of the pairs so many must end in a reply that goes out, or the sends prove nothing. */
const leastSent = 0.1
const mostTold = 20

/**
 * Pairs of worlds that are equal in what a correspondent may read and different elsewhere. The same mail is worked on in
 * both: every question to the model and every call to Google up to the send must be the same to the byte, but for what is
 * random by its nature. Two owners and their correspondents are a group of pairs.
 */
export async function playPairs(options: {
  pairs: number
  seed: number
  tell: (line: string) => void
  database?: DatabaseConfig
  prepare?: Prepare
}): Promise<PairFigures> {
  const { pairs, seed, tell, ...where } = options
  await using stage = await openStage(where)
  const problems: string[] = []
  let differing = 0
  let sent = 0
  for (let from = 0; from < pairs; from += pairsOfGroup) {
    const count = Math.min(pairsOfGroup, pairs - from)
    const scenarios = Array.from({ length: count }, (_, index) => scenarioOf(seed, from + index))
    const found = await playGroup(stage, { seed: seed * 7_919 + from, number: from / pairsOfGroup, scenarios })
    differing += found.differing
    sent += found.sent
    problems.push(...found.problems)
    tell(`pairs: ${from + count} played, ${sent} sent in both worlds, ${differing} differ`)
  }
  if (sent < pairs * leastSent) problems.push(`only ${sent} of ${pairs} replies went out in both worlds`)
  return { pairs, differing, sent, problems: problems.slice(0, mostTold) }
}

async function playGroup(
  stage: Stage,
  { seed, number, scenarios }: { seed: number; number: number; scenarios: readonly Scenario[] },
) {
  const { app, clock } = stage
  const now = clock.now()
  const group: Group = { seed, isFreeShown: number % 2 === 1, scenarios, now }
  const tenant = await openOwner(stage)
  const random = new Random(seed)
  const people = scenarios.slice(0, 2).map(({ person }) => person)
  const say = () => `tenant${random.below(1e9)}`
  await fillOtherTenant(app, tenant, { people, say, has: () => true, now })
  const left = await openWorld(stage, group, seed + 1)
  const right = await openWorld(stage, group, seed + 2)
  const worked = { left: await work(stage, group, left), right: await work(stage, group, right) }
  await sendDue(stage)
  return compare(scenarios, await look(app, worked.left), await look(app, worked.right))
}

/** Brings the mails in, in an order of this world's own, and has them worked on. */
async function work(
  stage: Stage,
  { scenarios, now, isFreeShown }: Group,
  { inbox, hidden, deliverUnrelated, deliverAside }: PairWorld,
): Promise<Worked> {
  const { app, model, searched } = stage
  model.requests.length = 0
  searched.length = 0
  const begun = app.google.journal.length
  const threads = new Map<string, string>()
  // Where free times may be told they are the same in both worlds, and so are the hours that are held for others: none.
  const settle = async () => {
    if (!isFreeShown) return
    await inbox.sync()
    await app.db.deleteFrom('slotHolds').where('userId', '=', inbox.userId).execute()
  }
  await deliverUnrelated()
  await settle()
  for (const scenario of scenarios.toSorted(() => hidden.next() - 0.5)) {
    const { mail, person } = scenario
    const { threadId } = await app.deliver(inbox.owner, { ...mail, at: now })
    threads.set(person.matter, threadId)
    await deliverAside(scenario)
    await settle()
    if (!hidden.chance(0.2)) continue
    await deliverUnrelated()
    await settle()
  }
  await inbox.sync()
  return { inbox, threads, requests: [...model.requests], searched: [...searched], begun }
}
