import type { DatabaseConfig } from '../../../server/db/engine/connection.ts'
import { Random } from '../../support/seeded-random.ts'
import { assistantShot } from './assistants.ts'
import { isPlainObject } from './json.ts'
import { judge, type Problem } from './judge.ts'
import { naughtyShots, nearValid, nearValidBatch } from './near-valid.ts'
import { oddShot } from './odd-http.ts'
import { rawShot } from './raw.ts'
import { rightCalls } from './right-calls.ts'
import { askedBy, type Shot } from './shot.ts'
import { openStage, type Stage } from './stage.ts'
import { createTally } from './tally.ts'
import { type Answer, openWire, type Wire } from './wire.ts'

/** Inputs between two looks at the log, the limits and what the owner still has. */
const roundSize = 400
const mostTriesToShrink = 30

export interface FuzzPlan {
  readonly inputs: number
  readonly seed: number
  /** Texts of the corpus. */
  readonly naughty: readonly string[]
  readonly database?: DatabaseConfig
  /** Whether every procedure is first called as it wants to be, and each must be refused later. */
  readonly isWhole?: boolean
  /** What a test breaks before the first request. */
  tamper?(): void
  tell(line: string): void
}

/** Sends hostile input to the whole HTTP surface and looks at every answer. */
export async function playFuzz({ inputs, seed, naughty, database, isWhole = false, tamper, tell }: FuzzPlan) {
  await using stage = await openStage(naughty, database)
  using wire = openWire(stage.url)
  const random = new Random(seed)
  let known = await stage.refresh()
  const texts = naughtyShots(new Random(seed + 1), () => known)
  const tally = createTally()
  const found = { serverErrors: 0, overloaded: 0, stacks: 0, unanswered: 0, malformed: 0 }
  const problems = new Map<string, string>()
  let [sent, naughtyPlaces] = [0, 0]
  tamper?.()

  function nextShot(): Shot {
    switch (random.weighted({ text: 45, near: 30, batch: 3, assistant: 7, odd: 10, raw: 5 })) {
      case 'text': {
        const next = texts.next()
        if (next.done) return nearValid(random, known)
        naughtyPlaces += next.value.places
        return next.value.shot
      }
      case 'near':
        return nearValid(random, known)
      case 'batch':
        return nearValidBatch(random, known)
      case 'assistant':
        return assistantShot(random, known)
      case 'odd':
        return oddShot(random, known)
      case 'raw':
        return rawShot(random, known)
    }
  }

  async function play(shot: Shot): Promise<void> {
    const answer = await fire(wire, shot)
    const verdict = judge(askedBy(shot), answer, stage.secrets)
    tally.count(shot, answer, verdict.reasons)
    for (const kind of new Set(verdict.problems.map((problem) => problem.kind))) found[kind] += 1
    for (const problem of verdict.problems) {
      const key = `${problem.kind} ${shot.procedures[0] ?? shot.what.slice(0, 20)} ${problem.text.slice(0, 40)}`
      if (problems.has(key)) continue
      problems.set(key, '')
      const { what } = await shrink(shot, problem)
      problems.set(key, `${problem.text}\n  after ${what}`)
      tell(`${problem.text}\n  after ${what}`)
    }
  }

  /** The same finding with as little of the input as it takes. */
  async function shrink(shot: Shot, { kind }: Problem): Promise<Shot> {
    let least = shot
    const doesFail = async (shot: Shot) =>
      judge(askedBy(shot), await fire(wire, shot), stage.secrets).problems.some((problem) => problem.kind === kind)
    const keys = isPlainObject(shot.input) ? Object.keys(shot.input) : []
    for (const key of keys.slice(0, mostTriesToShrink)) {
      if (!isPlainObject(least.input)) break
      const smaller = least.with?.(Object.fromEntries(Object.entries(least.input).filter(([name]) => name !== key)))
      if (smaller && (await doesFail(smaller))) least = smaller
    }
    return least
  }

  if (isWhole) {
    for await (const shot of rightCalls(stage)) {
      await play(shot)
      sent += 1
    }
    for (const problem of await lookAfter(stage, wire)) problems.set(problem, problem)
    known = await stage.refresh()
  }
  while (sent < inputs) {
    const round = Math.min(roundSize, inputs - sent)
    let left = round
    const lane = async () => {
      while (left-- > 0) await play(nextShot())
    }
    await Promise.all(Array.from({ length: 8 }, lane))
    sent += round
    wire.hangUp()
    for (const problem of await lookAfter(stage, wire)) problems.set(problem, problem)
    known = await stage.refresh()
    if (sent % (5 * roundSize) < roundSize) tell(`${sent} of ${inputs} sent`)
  }
  const missed = isWhole ? tally.missed() : []
  for (const problem of missed) problems.set(problem, problem)
  return {
    figures: { inputs: sent, ...found, ...tally.figures(), naughtyPlaces },
    problems: [...problems.values()],
  }
}

function fire(wire: Wire, { call, bytes }: Shot): Promise<Answer> {
  if (call) return wire.call(call)
  return wire.send(bytes ?? { pieces: [] })
}

/** Whether the server is well, and what it has logged as a bug. */
async function lookAfter({ errors }: Stage, wire: Wire): Promise<string[]> {
  const { statuses } = await wire.call({ method: 'GET', path: '/health', headers: {} })
  const logged = errors.splice(0).map(({ line, isOfRequest }) => {
    const { err, path, msg } = JSON.parse(line) as { err?: { stack?: string }; path?: string; msg?: string }
    return `${isOfRequest ? 'a request' : 'a job'} is logged as a bug: ${msg} ${path ?? ''} ${err?.stack?.slice(0, 1_500) ?? line.slice(0, 1_000)}`
  })
  return statuses[0] === 200 ? logged : [...logged, `afterwards /health answers ${statuses[0] ?? 'nothing'}`]
}
