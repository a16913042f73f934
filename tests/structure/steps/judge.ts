import type { SourceFile } from 'typescript/unstable/ast'
import { type Effect, findEffects, type Inward } from './effects.ts'
import { placeOf, type Program } from './program.ts'
import { findStepCalls, stepAround, type StepCall } from './step-calls.ts'

/**
 * What in these files breaks the rule of the named seam, each with its place: an effect without a name, two under one
 * call, a name that cannot be read off the source, is not in kebab-case, or stands for two things.
 */
export function judgeSteps(program: Program, files: readonly SourceFile[], inward: Inward): string[] {
  const calls = findStepCalls(program, files)
  const effects = [...findEffects(program, files, inward), ...calls.flatMap(transactionOf)]
  const effectsIn = Map.groupBy(effects, ({ node }) => stepAround(node, calls))
  const unnamed = effectsIn.get(undefined) ?? []
  const crowded = calls.filter((call) => (effectsIn.get(call) ?? []).length > 1)
  return [
    ...unnamed.map(({ node, what }) => `${placeOf(node)}: ${what} stands in no step`),
    ...crowded.map((call) => say(call, 'holds several effects')),
    ...calls.filter(({ names }) => !names).map((call) => say(call, 'has a name that is no closed set of literals')),
    ...calls.filter(({ names }) => names?.some(isMisspelt)).map((call) => say(call, 'is not named in kebab-case')),
    ...ambiguous(calls, (call) => effectsIn.get(call)?.[0]),
  ]
}

function transactionOf({ effect, isTransaction }: StepCall): Effect[] {
  return isTransaction && effect ? [{ node: effect, what: 'transaction' }] : []
}

function say({ node, name, names }: StepCall, what: string): string {
  return `${placeOf(node)}: the step ${names?.join(', ') ?? name?.getText()} ${what}`
}

function isMisspelt(name: string): boolean {
  return !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)
}

/** A name stands for one place, or for one method of a port wherever it is called. */
function ambiguous(calls: readonly StepCall[], effectIn: (call: StepCall) => Effect | undefined): string[] {
  const meanings = new Map<string, string>()
  return calls.flatMap((call) => {
    const what = effectIn(call)?.what
    const meaning = what?.includes('.') ? what : placeOf(call.node)
    return (call.names ?? []).flatMap((name) => {
      const known = meanings.get(name) ?? meaning
      meanings.set(name, known)
      return known === meaning ? [] : [say(call, `has the name of another: ${known}`)]
    })
  })
}
