import { messageOf } from '../../../server/errors.ts'
import { syncMailbox } from '../../../server/services/sync/mailbox-sync.ts'
import { createWorker } from '../../../server/jobs/worker.ts'
import { interruptedAtAStep, killedAtAStep } from './disturbed.ts'
import { edit, type EditKind, editWeights } from './edits.ts'
import { addFault } from './faults.ts'
import { Random } from '../../support/seeded-random.ts'
import type { World } from './world.ts'

/** What else happens between edits, and how often. */
const disturbanceWeights = {
  sync: 16,
  hint: 4,
  syncTwice: 4,
  syncWhileEdited: 8,
  syncKilled: 9,
  syncLapsed: 3,
  work: 6,
  workWhileSynced: 5,
  workKilled: 4,
  approve: 4,
  fault: 8,
  expireHistory: 3,
  expireToken: 2,
  revokeGrant: 0.5,
  timePasses: 6,
} as const

export const actWeights = { ...editWeights, ...disturbanceWeights }
export type ActKind = keyof typeof actWeights

/** What makes a run at work pointless. */
const settlingWeights = { answer: 4, replyArrive: 4, trash: 1, delete: 1 } as const

/** Most work has fewer, and then nothing befalls it. */
const stepsOfSync = 14
const stepsOfWork = 40

/** What happens next; its own seed decides the rest, so that an act means the same whatever came before. */
export interface Act {
  readonly kind: ActKind
  readonly seed: number
}

export async function perform({ kind, seed }: Act, world: World): Promise<void> {
  const random = new Random(seed)
  const what = isEdit(kind) ? await edit(kind, random, world) : `${kind} ${await disturbances[kind](random, world)}`
  world.log.push(what)
  await world.watchCursor()
}

function isEdit(kind: ActKind): kind is EditKind {
  return kind in editWeights
}

const disturbances: Record<keyof typeof disturbanceWeights, (random: Random, world: World) => Promise<string>> = {
  sync: (_random, world) => ending(sync(world)),
  async hint(_random, world) {
    await enqueueSync(world)
    await enqueueSync(world)
    return ''
  },
  syncTwice(random, world) {
    const second = async () => {
      const before = await world.lease()
      const ended = await ending(sync(world))
      const { epoch } = await world.lease()
      if (before.isHeld && epoch !== before.epoch) world.problems.push('a sync began while another held the mailbox')
      return `a second sync ${ended}`
    }
    return ending(interruptedAtAStep(random, stepsOfSync, () => sync(world), second))
  },
  syncWhileEdited(random, world) {
    const kind = random.weighted(editWeights)
    const event = () => edit(kind, random, world)
    return ending(interruptedAtAStep(random, stepsOfSync, () => sync(world), event))
  },
  async syncKilled(random, world) {
    const killed = await ending(killedAtAStep(random, stepsOfSync, () => sync(world)))
    // Else its lease keeps the next ones out.
    if (random.chance(0.7)) await world.stage.pass(61_000)
    return killed
  },
  async syncLapsed(random, world) {
    const atFirst = await world.lease()
    let takenOver: string | undefined
    const lapse = async () => {
      await world.stage.pass(61_000)
      const edited = await edit(random.weighted(editWeights), random, world)
      // So that the second sync comes further than the first, whatever the edit was.
      await edit('arrive', random, world)
      const ofFirst = await world.lease()
      const second = await ending(sync(world))
      await world.watchCursor()
      const { epoch } = await world.lease()
      if (atFirst.epoch < ofFirst.epoch && ofFirst.epoch < epoch) takenOver = await world.whatSyncsWrite()
      return `the lease lapsed, ${edited}, a second sync ${second}`
    }
    const first = await ending(interruptedAtAStep(random, stepsOfSync, () => sync(world), lapse))
    if (takenOver !== undefined && takenOver !== (await world.whatSyncsWrite())) {
      world.problems.push('a sync went on after its mailbox was taken over')
    }
    return first
  },
  work: (_random, world) => ending(work(world)),
  workWhileSynced(random, world) {
    const kind = random.weighted(settlingWeights)
    const event = async () => `${await edit(kind, random, world)}, sync ${await ending(sync(world))}`
    return ending(interruptedAtAStep(random, stepsOfWork, () => work(world), event))
  },
  workKilled: (random, world) => ending(killedAtAStep(random, stepsOfWork, () => work(world))),
  approve: (random, world) => ending(approve(random, world)),
  fault: (random, world) => Promise.resolve(addFault(random, world)),
  async expireHistory(_random, world) {
    world.stage.app.google.expireHistory(world.email)
    return ''
  },
  async expireToken(_random, world) {
    world.stage.app.google.expireAccessTokens(world.email)
    return ''
  },
  async revokeGrant(_random, world) {
    await world.stage.app.google.revokeGrants(world.email)
    return ''
  },
  async timePasses(random, world) {
    const minutes = 1 + random.below(10)
    await world.stage.pass(minutes * 60_000)
    return `${minutes} min`
  },
}

/** How some work ended, in words: that it fails is part of the world. */
async function ending(work: Promise<unknown>): Promise<string> {
  try {
    const result = await work
    return typeof result === 'string' ? result : 'done'
  } catch (error) {
    return `failed: ${messageOf(error)}`
  }
}

function sync({ stage }: World): Promise<void> {
  const { ctx, owner, mailboxId } = stage
  return syncMailbox(ctx, { userId: owner.userId, mailboxId }, new AbortController().signal)
}

/** As a poll or a push does. */
export function enqueueSync({ stage }: World): Promise<string> {
  const { app, owner, mailboxId } = stage
  const payload = { userId: owner.userId, mailboxId }
  return app.db.transaction().execute((trx) => app.ctx.jobs.enqueue(trx, 'sync-mailbox', payload))
}

/** All jobs that are due. */
function work({ stage }: World): Promise<number> {
  return stage.app.ctx.jobs.drain(createWorker(stage.app.ctx, stage.handlers))
}

async function approve(random: Random, { stage }: World): Promise<string> {
  const api = stage.app.as(stage.owner)
  const draft = random.pick((await api.drafts.list({ status: 'pending' })).items)
  if (!draft) return 'no draft'
  await api.drafts.approve({ acceptOpenQuestions: true, draftId: draft.id, version: draft.version })
  return draft.subject
}
