import { UpstreamError } from '../../../server/errors.ts'
import { cancel, deleteDrafts, moveDrafts, redirectDrafts, retitleDrafts, rewriteDrafts } from './owner.ts'
import { type Moment, optionsAt } from './points.ts'
import type { SideEvent } from './schedule.ts'
import type { Script } from './script.ts'
import type { Stage } from './stage.ts'

/** What the worker that moves meets at this moment: nothing, or what the script decides. */
export async function meet(stage: Stage, script: Script, moment: Moment): Promise<void> {
  const { workers } = stage
  if (!workers.isMoving) return
  let taken: SideEvent | undefined
  for (;;) {
    const decision = script.decide(`${moment.when} ${moment.step}`, optionsAt(moment, stage, taken))
    switch (decision) {
      case undefined:
        return
      case 'die':
        return workers.die()
      case 'stall':
        return workers.fallAsleep()
      case 'fail':
        throw new UpstreamError('gmail', 'unavailable', 'Gmail did nothing, and said so')
      case 'refuse':
        throw new UpstreamError('gmail', 'rejected', 'Gmail refused for good')
      case 'lose':
        throw new UpstreamError('gmail', 'timeout', 'Gmail did it, and the answer was lost')
      case 'wake':
        await beside(stage, script, () => workers.wake(), 1)
        taken = undefined
        break
      case 'cancel':
      case 'delete-draft':
      case 'edit-draft':
      case 'redirect-draft':
      case 'retitle-draft':
      case 'move-draft':
      case 'redeliver':
        await beside(stage, script, () => deeds[decision](stage))
        taken = decision
    }
  }
}

const deeds: Record<SideEvent, (stage: Stage) => unknown> = {
  cancel: (stage) => stage.workers.aside(() => cancel(stage)),
  'delete-draft': deleteDrafts,
  'edit-draft': rewriteDrafts,
  'redirect-draft': redirectDrafts,
  'retitle-draft': retitleDrafts,
  'move-draft': moveDrafts,
  /** The queue hands out the same job a second time, at the same moment. */
  async redeliver(stage) {
    const { workers, dispatch, world } = stage
    const held = await epochOfHeld(stage)
    await workers.run(() => dispatch(world.currentJob))
    if (held !== undefined && held !== (await epochOf(stage))) world.takenWhileHeld += 1
  },
}

async function entryOf({ bench, workers, world }: Stage) {
  const { entries } = await workers.aside(() => bench.read())
  return entries.find(({ id }) => id === world.currentJob)
}

/** Only who takes an entry raises its epoch. */
async function epochOf(stage: Stage): Promise<number | undefined> {
  return (await entryOf(stage))?.epoch
}

/** Undefined when nobody holds it at this moment. */
async function epochOfHeld(stage: Stage): Promise<number | undefined> {
  const entry = await entryOf(stage)
  const until = new Date(entry?.lease_until ?? 0).getTime()
  return until > stage.world.now ? entry?.epoch : undefined
}

/** Ends the play when it was the last decision, changed nothing at all and left nobody hanging but who hung before. */
async function beside(stage: Stage, script: Script, deed: () => unknown, woken = 0): Promise<void> {
  const before = await fingerprint(stage)
  const hanging = stage.workers.asleepCount - woken
  await deed()
  const isIdle = stage.workers.asleepCount === hanging && (await fingerprint(stage)) === before
  if (script.isOver && isIdle) await script.endIdly()
}

function fingerprint({ bench, workers, world }: Stage): Promise<string> {
  return workers.aside(async () => {
    const drafts = [...world.gmail.drafts.values()]
    return JSON.stringify([await bench.read(), world.gmail.writes, drafts])
  })
}
