import type { ModelRequest } from '../../../../server/model-question.ts'
import type { RunMode } from '../../../../shared-types/index.ts'
import type { TestApp } from '../../../support/app.ts'
import type { Inbox } from '../../../support/connected-inbox.ts'
import { modesOf, runKey } from '../world/runs.ts'
import { callsByThread } from './calls.ts'
import { canonical } from './canonical.ts'
import type { Scenario } from './scenario.ts'

/** A world in which the mails were worked on, and what was asked for that. */
export interface Worked {
  readonly inbox: Inbox
  /** The thread of each matter. */
  readonly threads: ReadonlyMap<string, string>
  readonly requests: readonly ModelRequest[]
  readonly searched: readonly string[]
  /** The length of Google's journal before it. */
  readonly begun: number
}

interface Shown extends Worked {
  readonly modes: ReadonlyMap<string, RunMode | null>
  readonly calls: ReadonlyMap<string, readonly string[]>
}

/** All that shows of a world once its replies went out. */
export async function look(app: TestApp, worked: Worked): Promise<Shown> {
  const { inbox, begun } = worked
  return { ...worked, modes: await modesOf(app.db, inbox.userId), calls: await callsByThread(app, inbox, begun) }
}

/** Which pairs differ and where first, and what kept the comparison from meaning anything. */
export function compare(scenarios: readonly Scenario[], left: Shown, right: Shown) {
  const problems: string[] = []
  let differing = 0
  let sent = 0
  for (const scenario of scenarios) {
    const lines = [linesOf(scenario, left), linesOf(scenario, right)] as const
    const difference = firstDifference(...lines)
    if (difference !== null) differing += 1
    if (difference !== null) problems.push(`${scenario.kind} “${scenario.subject}” differs: ${difference}`)
    if (lines.every((side) => side.some(isSend))) sent += 1
    problems.push(...notCompared(scenario, [left, right]))
  }
  // Calls that name no thread: when the owner is free. They cannot be told apart, and so stand for one pair.
  const common = firstDifference(unnamed(left), unnamed(right))
  if (common !== null) problems.push(`calls that name no thread differ: ${common}`)
  return { differing: differing + (common === null ? 0 : 1), sent, problems }
}

const isSend = (line: string) => line.startsWith('POST ') && line.includes('/drafts/send')

/** Every question, search and call for this mail, in order and without what is random. */
function linesOf({ subject, person }: Scenario, { requests, searched, calls, threads }: Shown): string[] {
  const asked = requests.filter(
    ({ facts: { mail } }) => mail.subject === subject && mail.from.address === person.address,
  )
  const lines = [
    ...asked.map((request) => JSON.stringify(request)),
    ...searched.filter((text) => text.startsWith(`${subject}\n`)),
    ...(calls.get(threads.get(person.matter) ?? 'none') ?? []),
  ]
  return canonical(lines.join('\u0000')).split('\u0000')
}

function unnamed({ calls }: Shown): string[] {
  return (calls.get('') ?? []).map(canonical)
}

/** A run for review may be told anything, and one that asked nothing shows nothing. */
function notCompared({ kind, subject, person }: Scenario, sides: readonly Shown[]): string[] {
  return sides.flatMap(({ modes, requests }) => {
    const mode = modes.get(runKey(person.address, subject))
    const isAsked = requests.some(({ facts }) => facts.mail.subject === subject)
    if (isAsked && (mode === 'maySend' || kind === 'quotes')) return []
    return [`${kind} “${subject}” was ${isAsked ? `worked on as ${String(mode)}` : 'not worked on'}`]
  })
}

function firstDifference(left: readonly string[], right: readonly string[]): string | null {
  const index = left.findIndex((line, place) => line !== right[place])
  if (index < 0 && left.length === right.length) return null
  const [one = 'nothing', other = 'nothing'] = index < 0 ? [undefined, right[left.length]] : [left[index], right[index]]
  const at = Array.from(one).findIndex((character, place) => character !== other[place])
  const from = Math.max(0, (at < 0 ? one.length : at) - 80)
  return `“${one.slice(from, from + 200)}” and “${other.slice(from, from + 200)}”`
}
