import { type Rule, reviewReply, rules } from '../../../../server/agent/policy.ts'
import { factsWith, rows } from '../../../support/gate-facts.ts'
import { restCases } from '../kept/cases.ts'
import { ownOrdinary } from '../kept/ordinary.ts'
import { type KeptStage, playOrdinary, playRest } from '../kept/play.ts'

export interface MutantResults {
  mutants: number
  killed: number
  /** Those that nothing noticed, by name. */
  survivors: string[]
}

type AnyRule = Rule<never>

/**
 * Each condition of the gate taken out and turned round in turn: a mail that it alone holds back must then go out, and one
 * that nothing holds back must wait. Where no mail fails one condition alone, the facts of such a mail are put before
 * the gate.
 */
export async function playClauseMutants(stage: KeptStage, tell: (line: string) => void = () => undefined) {
  const results: MutantResults = { mutants: 0, killed: 0, survivors: [] }
  const all: readonly AnyRule[] = [...rules.changing, ...rules.stored, ...rules.drafted]
  for (const rule of all) {
    for (const [name, fails] of mutantsOf(rule)) {
      const isSeen = await withMutant(rule, fails, () =>
        name === 'removed' ? isMissed(stage, rule) : isInTheWay(stage, results.mutants),
      )
      results.mutants += 1
      if (isSeen) results.killed += 1
      else results.survivors.push(`${rule.code} ${name}`)
    }
  }
  tell(`${results.killed} of ${results.mutants} mutants of the gate killed`)
  return results
}

function mutantsOf({ fails }: AnyRule): [name: 'removed' | 'inverted', fails: AnyRule['fails']][] {
  return [
    ['removed', () => false],
    ['inverted', (facts) => !fails(facts)],
  ]
}

async function withMutant<T>(rule: AnyRule, fails: AnyRule['fails'], work: () => Promise<T>): Promise<T> {
  const original = rule.fails
  Object.assign(rule, { fails })
  try {
    return await work()
  } finally {
    Object.assign(rule, { fails: original })
  }
}

/** Something goes out that this condition alone would have held back. */
async function isMissed(stage: KeptStage, { code }: AnyRule): Promise<boolean> {
  const cases = restCases.filter((each) => each.code === code)
  for (const [index, wanted] of cases.entries()) {
    if ((await playRest(stage, wanted, index)).status !== 'needs_review') return true
  }
  const failing = rows.filter(([rowCode]) => rowCode === code).map(([, , changes]) => changes)
  return cases.length === 0 && failing.some((changes) => reviewReply(factsWith(changes)).kind === 'send')
}

/** An ordinary mail waits for its owner. */
async function isInTheWay(stage: KeptStage, number: number): Promise<boolean> {
  const mail = ownOrdinary[number % ownOrdinary.length]
  if (!mail) throw new Error('there is no ordinary mail')
  const [outcome] = await playOrdinary(stage, [mail])
  return outcome?.status === 'needs_review'
}
