import { faultMatrix } from '../../../../google-sandbox/sandbox.ts'
import { isUpstream } from '../../../../server/errors.ts'
import { type CallSite, type CallSiteName, callSites } from './call-sites.ts'
import { CursorWatch } from './cursor-watch.ts'
import type { PortFailure } from '../log.ts'
import { type FaultName, meaningOf } from './meanings.ts'
import { ownerActs } from './owner-acts.ts'
import { endingProblems } from './problems/ending.ts'
import { failureProblems } from './problems/failures.ts'
import { postProblems } from './problems/posts.ts'
import { sightProblems } from './problems/sight.ts'
import { waitProblems } from './problems/waits.ts'
import { untilNextMs, untilNextTryMs } from './rows.ts'
import type { GmailScene } from './scenes.ts'
import { type GmailTrial, openGmailTrial, type SpoilGmail } from './gmail-trial.ts'

const minuteMs = 60_000
/** Only where a call is to run into it: a busy machine must not. */
const shortDeadlineMs = 200
const longDeadlineMs = 10_000
/** More tries than any job has. */
const mostTries = 12
const mostRounds = 16
/** At the most: a message that could not be read, a draft nobody sends and a limit of the day wait for a day. */
const longestPassMs = 25 * 60 * minuteMs
/** Long enough for the next sync by the owner's frequency, and for what the sweep takes for lost. */
const shortestPassMs = 6 * minuteMs

export interface Strike {
  readonly site: CallSiteName
  readonly fault: FaultName
  /** Through all tries of the adapter and of the job, or once. */
  readonly isLasting: boolean
}

/**
 * The fault strikes the scene's workflow at exactly this call; then it is over, and the product must come out of it
 * whole. Answers what was wrong.
 */
export async function play(
  scene: GmailScene,
  { site, fault, isLasting }: Strike,
  spoil?: SpoilGmail,
): Promise<string[]> {
  const { owner, app, workflow } = scene
  const { method, path }: CallSite = callSites[site]
  await scene.restore()
  const trial = openGmailTrial(scene, fault === 'timeout' ? shortDeadlineMs : longDeadlineMs, spoil)
  const cursor = new CursorWatch(trial)
  await cursor.look()
  const match = { method, path, email: owner.email }
  const struck = app.google.inject({ match, kind: faultMatrix[fault], times: isLasting ? Infinity : 1 })

  // A send and a run have their job already, a send perhaps between two tries.
  if (workflow.job === 'dispatch-outbox' || workflow.job === 'process-email')
    await trial.pass((await untilNextMs(scene)) ?? 0)
  else await trial.enqueue(workflow.job)
  await trial.work()
  if (isLasting) await useUpTries(trial)
  await cursor.look()

  const meaning = meaningOf(site, fault)
  const isFelt = isLasting || !meaning.isCured
  const problems = [
    ...(struck.hits > 0 ? [] : ['the call was never made']),
    ...failureProblems(foreign(trial), meaning, isFelt),
    ...(await sightProblems(trial, { site, meaning, isFelt })),
    ...(isLasting && wasAskedToWait(trial) ? await meetAgain(trial, struck) : []),
  ]
  struck[Symbol.dispose]()
  // What Gmail says is gone must be gone, or nobody could know.
  const hand = app.google.byHand(owner.email)
  for (const id of trial.log.saidGone()) hand.delete(id)
  await comeTooEarly(trial)
  return [
    ...problems,
    ...(await comeToRest(trial, cursor)),
    ...cursor.problems,
    ...postProblems(trial.log.jobRuns),
    ...waitProblems(trial.log),
  ]
}

/** What failed beside that which the workflow goes through anyhow. */
function foreign({ log, scene }: GmailTrial): readonly PortFailure[] {
  const { meets } = scene.workflow
  return meets ? log.failures.filter(({ error }) => !isUpstream(error, meets)) : log.failures
}

/** Time passes to each try of the job, until it has none left or is put off. */
async function useUpTries(trial: GmailTrial): Promise<void> {
  for (let tries = 1; tries < mostTries; tries++) {
    const waitMs = await untilNextTryMs(trial.scene)
    if (waitMs === null) return
    await trial.pass(waitMs)
    await trial.work()
  }
}

/** Not a run, which goes on without the answer. Not by a limit of the day: when that is over an approved reply may be too old to go out. */
function wasAskedToWait({ log, scene }: GmailTrial): boolean {
  if (scene.workflow.job === 'process-email') return false
  return log.failures.some(({ error, waitUntil }) => waitUntil !== null && isUpstream(error, 'rate_limited'))
}

/** A job that is put off has spent no try: when its wait is over the fault strikes it once more. */
async function meetAgain(trial: GmailTrial, struck: { readonly hits: number }): Promise<string[]> {
  const { hits } = struck
  for (let round = 0; round < mostRounds && struck.hits === hits; round++) await passAndSweep(trial)
  return struck.hits === hits ? ['nobody asked again when the wait was over'] : []
}

/** Half way to the last moment that Google named the clock's minute comes, and the owner wants a sync. */
async function comeTooEarly(trial: GmailTrial): Promise<void> {
  const { log, scene } = trial
  const named = Math.max(...log.failures.map(({ waitUntil }) => waitUntil?.getTime() ?? 0))
  const waitMs = named - scene.app.clock.now().getTime()
  if (waitMs <= 0) return
  await trial.pass(waitMs / 2)
  await trial.enqueue('sync-mailbox')
  await trial.sweep()
}

/** The owner acts, time passes and the product works, until nothing is left to do; answers what never came right. */
async function comeToRest(trial: GmailTrial, cursor: CursorWatch): Promise<string[]> {
  let problems: string[] = []
  for (let round = 0; round < mostRounds; round++) {
    await ownerActs(trial)
    problems = await endingProblems(trial)
    if (problems.length === 0) return []
    await passAndSweep(trial)
    await cursor.look()
  }
  return problems
}

/** To the next moment that something waits for. */
async function passAndSweep(trial: GmailTrial): Promise<void> {
  const waitMs = (await untilNextMs(trial.scene)) ?? longestPassMs
  await trial.pass(Math.min(longestPassMs, Math.max(shortestPassMs, waitMs)))
  await trial.sweep()
}
