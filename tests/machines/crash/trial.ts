import { readEnding } from './ending.ts'
import { type Life, meetPerson } from './life.ts'
import type { Passed } from './passed.ts'
import type { Fault } from './points.ts'
import { problemsOf, problemsOfDeletion } from './problems.ts'
import type { ProcessPool } from './processes.ts'
import { superviseQueue } from './queue-time.ts'
import type { Stage, World } from './stage.ts'
import type { Workflow } from './workflow.ts'

/** Where trials take place, one after the other. */
export interface Place {
  readonly stage: Stage
  readonly pool: ProcessPool
}

/** What became of one trial. */
export interface Outcome {
  /** What was wrong; empty when the trial was survived. */
  readonly problems: readonly string[]
  /** Steps of the first life until its work was done; none when it was killed. */
  readonly worked: Passed
  /** Steps of the last life until everything had come to rest. */
  readonly rested: Passed
}

/** A minute of a trial. Longer than any lease: what a dead process held may be taken over. */
const lapseMs = 61_000
const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** How time passes until all has come to rest: by the minute at first, later by the hour, as pauses grow. */
const pauses = [...Array<number>(12).fill(lapseMs), ...Array<number>(6).fill(hourMs)]
/** Tries of work that fails every time; more than any job of the catalogue has. */
const hopelessTries = 12
/** A trial takes a second or two; one that takes this long hangs, and its process is ended. */
const hangMs = 120_000

const nothing: Passed = { begun: [], ended: [] }

interface Trial {
  readonly place: Place
  readonly world: World
  life?: Life
  /** Whether the person has got the answer to what they did. */
  isAnswered: boolean
  /** The world's clock, ahead of the true one. */
  aheadMs: number
}

/**
 * One run of a workflow with a fault in each of its first lives; the last life has none. Everything is drained to its
 * end, one more change in Gmail is synced, and then the whole world is looked at.
 */
export async function runTrial(place: Place, workflow: Workflow, faults: readonly Fault[]): Promise<Outcome> {
  await using world = await place.stage.open(workflow)
  const trial: Trial = { place, world, isAnswered: false, aheadMs: 0 }
  let isHung = false
  const hang = setTimeout(() => {
    isHung = true
    void trial.life?.process[Symbol.asyncDispose]()
  }, hangMs)
  try {
    const outcome = await liveThrough(trial, faults)
    return isHung ? { ...outcome, problems: [...outcome.problems, 'a server hung'] } : outcome
  } catch (error) {
    await trial.life?.process[Symbol.asyncDispose]()
    return { problems: [stackOf(error)], worked: nothing, rested: nothing }
  } finally {
    clearTimeout(hang)
  }
}

async function liveThrough(trial: Trial, faults: readonly Fault[]): Promise<Outcome> {
  const { world, place } = trial
  let life = await begin(trial, faults[0] ?? null)
  const worked = await attempt(() => work(trial, life, faults[0]))
  const missed: string[] = []
  for (const [index, fault] of faults.entries()) {
    // A step that comes with a repetition may be passed later than in the recording.
    if (!(await hasStruck(life))) await attempt(() => rest(trial, life))
    if (!(await hasStruck(life))) missed.push(`${fault.step} was not reached`)
    if (life.process.isAlive()) await life.commands.lift()
    else life = await reincarnate(trial, faults[index + 1] ?? null)
  }
  const rested = await rest(trial, life)
  if (faults.some(({ moment }) => moment === 'fail-always')) {
    await life.commands.redrive()
    await rest(trial, life)
  }
  if (!world.arranged.endsDisconnected) await changeOneMore(trial, life)
  await life.commands.stop()
  place.pool.give(life.process)

  const ending = await readEnding(world)
  if (ending.gmailDrafts.length > 0) await nextDay(trial)
  // Whether the draft is still there is what the owner of an unknown send goes by.
  const kept = ending.outbox.filter(({ state }) => state === 'UNKNOWN').map(({ gmailDraftId }) => gmailDraftId)
  const left = (await world.google.drafts(world.owner.email)).filter(({ id }) => !kept.includes(id))
  const problems = [
    ...missed,
    ...(world.arranged.endsDeleted ? problemsOfDeletion : problemsOf)(ending, world.bystanderHashes),
    ...world.arranged.problems(ending),
    ...left.map(({ id }) => `the unsent draft ${id} is left in Gmail`),
  ]
  return { problems, worked: worked ?? nothing, rested }
}

async function begin(trial: Trial, fault: Fault | null): Promise<Life> {
  const { place, world } = trial
  const process = await place.pool.take()
  const { url } = await process.commands.start({ environment: world.environment, fault, aheadMs: trial.aheadMs })
  const minute = () => pass(trial, lapseMs)
  const meet = () => meetPerson(world, { url, aheadMs: trial.aheadMs, minute })
  trial.life = { process, commands: process.commands, meet }
  return trial.life
}

/** Time passes; answers what is still under way. */
async function pass(trial: Trial, ms: number): Promise<readonly string[]> {
  if (!trial.life) throw new Error('no server runs')
  trial.aheadMs += ms
  const { live } = await trial.life.commands.pass(ms)
  return live
}

/** The workflow as far as it comes; what fails on purpose is left to the queue's repetitions. */
async function work(trial: Trial, life: Life, fault: Fault | undefined): Promise<Passed> {
  const { commands } = life
  await attempt(() => act(trial, life))
  await commands.drain()
  if (fault?.moment === 'fail-always') for (let tries = 0; tries < hopelessTries; tries++) await commands.retry()
  return commands.passed()
}

async function act(trial: Trial, { meet }: Life): Promise<void> {
  await trial.world.arranged.act(await meet())
  trial.isAnswered = true
}

/** Whether the fault came to pass. Nothing but a kill of its own may end the process. */
async function hasStruck({ process, commands }: Life): Promise<boolean> {
  return commands.hasStruck().catch(async () => (await process.ended) === 'SIGKILL')
}

/** Another process takes over when all leases of the dead one have lapsed. */
async function reincarnate(trial: Trial, fault: Fault | null): Promise<Life> {
  trial.aheadMs += lapseMs
  await superviseQueue(trial.world.database.config, trial.aheadMs)
  const life = await begin(trial, fault)
  if (fault) await attempt(() => rest(trial, life))
  return life
}

/** Time passes until nobody holds and nothing waits. */
async function rest(trial: Trial, life: Life): Promise<Passed> {
  if (!trial.isAnswered) await act(trial, life)
  let live: readonly string[] = []
  for (const ms of pauses) {
    live = await pass(trial, ms)
    if (live.length === 0) return life.commands.passed()
  }
  throw new Error(`after hours there is still: ${live.join(', ')}`)
}

/** Shows that cursor, tokens and queue still work: the access token has ended, and a change in Gmail is found. */
async function changeOneMore(trial: Trial, life: Life): Promise<void> {
  const { google, owner } = trial.world
  google.expireAccessTokens(owner.email)
  const message = (await google.messages(owner.email)).find(({ labelIds }) => labelIds.includes('INBOX'))
  if (!message) throw new Error('the world of this workflow has no mail')
  google.byHand(owner.email).label(message.id, { add: ['STARRED'] })
  const { api } = await life.meet()
  const { items } = await api.mailboxes.list.query({})
  for (const { id } of items) await api.mailboxes.sync.mutate({ mailboxId: id })
  await life.commands.drain()
  await rest(trial, life)
}

/** A draft that a dead worker made and nobody will send is found by the daily look for leftover ones. */
async function nextDay(trial: Trial): Promise<void> {
  const { process, commands } = await begin(trial, null)
  await pass(trial, dayMs)
  await commands.stop()
  trial.place.pool.give(process)
}

/** What happens when the fault strikes is no failure of the trial. */
async function attempt<T>(effect: () => Promise<T>): Promise<T | undefined> {
  try {
    return await effect()
  } catch {
    return undefined
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
