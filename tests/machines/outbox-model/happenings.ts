import { UpstreamError } from '../../../server/errors.ts'
import { cancel, deleteDrafts, rewriteDrafts } from './owner.ts'
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
        await beside(stage, script, () => workers.wake())
        taken = undefined
        break
      case 'cancel':
      case 'delete-draft':
      case 'edit-draft':
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
  /** The queue hands out the same job a second time, at the same moment. */
  redeliver: ({ workers, dispatch, world }) => workers.run(() => dispatch(world.currentJob)),
}

/** Notes when it was the script's last decision and changed nothing at all. */
async function beside(stage: Stage, script: Script, deed: () => unknown): Promise<void> {
  const before = await fingerprint(stage)
  await deed()
  if (script.isOver && (await fingerprint(stage)) === before) script.endedIdly = true
}

function fingerprint({ bench, workers, world }: Stage): Promise<string> {
  return workers.aside(async () => {
    const drafts = [...world.gmail.drafts.values()]
    return JSON.stringify([await bench.read(), world.gmail.writes, drafts])
  })
}
