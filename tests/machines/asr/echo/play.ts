import type { DatabaseConfig } from '../../../../server/db/engine/connection.ts'
import { Random } from '../../../support/seeded-random.ts'
import { type ClosedPlace, fillOtherTenant } from '../world/closed.ts'
import type { OpenPlace } from '../world/open.ts'
import { type Prepare, openOwner, openStage, type Stage } from '../world/stage.ts'
import { Canaries, type Words } from './canaries.ts'
import { controlProblems } from './controls.ts'
import { newSightings, look, type Sightings } from './look.ts'
import { openTalkative } from './owner.ts'
import { notStored } from './stored.ts'

export interface EchoFigures {
  readonly canaries: number
  /** Canaries, and secrets and free times, that a correspondent could read or a run that may send was told. */
  readonly leaked: number
  readonly sends: number
  readonly prompts: { readonly maySend: number; readonly reviewOnly: number }
  readonly problems: string[]
}

/**
 * A model that says back all it is told, over owners who have something to keep in every place there is. Every automatic
 * reply and every question of a run that may send is searched for each word that its receiver may not know. The open words
 * must be found there, and the owner's own in runs for review, or the search proves nothing.
 */
export async function playEcho(options: {
  canaries: number
  seed: number
  tell: (line: string) => void
  /** Mails of each correspondent. */
  sheets?: number
  database?: DatabaseConfig
  prepare?: Prepare
}): Promise<EchoFigures> {
  const { canaries: wanted, seed, tell, sheets = 8, ...where } = options
  await using stage = await openStage(where)
  const random = new Random(seed)
  const words = { open: new Canaries<OpenPlace>(random), closed: new Canaries<ClosedPlace>(random) }
  const seen = newSightings()
  for (let number = 0; words.closed.size < wanted; number++) {
    await playOwner(stage, { random, words, seen, sheets, number })
    tell(`echo: ${words.closed.size} canaries, ${seen.sends} sends, ${seen.leaks.size} leaked`)
  }
  const problems = [
    ...[...seen.leaks].map(([leak, where]) => `${leak} was found in ${where}`).slice(0, 20),
    ...controlProblems(words, seen),
    ...(await notStored(stage.app.db, words.closed)),
  ]
  const prompts = { maySend: seen.maySend, reviewOnly: seen.reviewOnly }
  return { canaries: words.closed.size, leaked: seen.leaks.size, sends: seen.sends, prompts, problems }
}

interface OwnerPlay {
  readonly random: Random
  readonly words: Words
  readonly seen: Sightings
  readonly sheets: number
  readonly number: number
}

async function playOwner(stage: Stage, { random, words, seen, sheets, number }: OwnerPlay): Promise<void> {
  const { app, model, clock } = stage
  const isFreeShown = number % 2 === 1
  const owner = await openTalkative(stage, { random, words, isFreeShown, number })
  const tenant = await openOwner(stage)
  const closed = { say: words.closed.say, has: () => true, now: clock.now() }
  await fillOtherTenant(app, tenant, { ...closed, people: owner.people.slice(0, 2) })
  model.requests.length = 0
  await owner.write(sheets)
  await look(stage, { ...owner, words, isFreeShown }, seen)
}
