import type { Outcome } from '../kit/run-machine.ts'
import { fits, needsServer, type Requirement, type Shown } from './requirement.ts'

/** Of the JSON report of vitest, as far as it is read. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[]
  }[]
}

type State = 'pass' | 'fail' | 'missing' | 'pending' | 'not run'

interface Verdict {
  readonly id: string
  readonly state: State
  /** How many tests ran for it. */
  readonly tests: number
  readonly problems: readonly string[]
}

export function filesOf(requirements: readonly Requirement[], hasServer: boolean): string[] {
  const shown = requirements.flatMap(({ shownBy }) => shownBy)
  return [...new Set(shown.filter((one) => hasServer || !needsServer(one)).map(({ file }) => file))].sort()
}

export function judge(requirements: readonly Requirement[], report: Report, hasServer: boolean): Verdict[] {
  return requirements.map((requirement) => judgeOne(requirement, report, hasServer))
}

function judgeOne({ id, shownBy, isPending }: Requirement, report: Report, hasServer: boolean): Verdict {
  if (shownBy.length === 0) {
    const problems = isPending ? [] : [`${id}: no test shows it`]
    return { id, state: isPending ? 'pending' : 'missing', tests: 0, problems }
  }
  const runnable = shownBy.filter((shown) => hasServer || !needsServer(shown))
  const found = runnable.map((shown) => ({ shown, results: resultsOf(shown, report) }))
  const ran = found.flatMap(({ results }) => results).filter((status) => status === 'passed' || status === 'failed')
  const problems = found.flatMap(({ shown: { file, title }, results }) => {
    if (results.length === 0) return [`${id}: there is no test “${title}” in the report of ${file}`]
    return results.includes('failed') ? [`${id}: “${title}” failed in ${file}`] : []
  })
  const state = problems.length > 0 ? 'fail' : ran.length > 0 ? 'pass' : 'not run'
  return { id, state, tests: ran.length, problems }
}

function resultsOf(shown: Shown, { testResults }: Report): string[] {
  return testResults
    .filter(({ name }) => name.endsWith(`/${shown.file}`))
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ title }) => fits(shown, title))
    .map(({ status }) => status)
}

export function lineOf({ id, state, tests }: Verdict): string {
  return `${id.padEnd(8)}${state.padEnd(9)}${tests} tests`
}

export function outcomeOf(verdicts: readonly Verdict[]): Outcome {
  const idsThat = (state: State) => verdicts.filter((verdict) => verdict.state === state).map(({ id }) => id)
  return {
    figures: {
      ids: verdicts.length,
      passed: idsThat('pass').length,
      pending: idsThat('pending'),
      missing: idsThat('missing'),
      failed: idsThat('fail'),
      notRun: idsThat('not run'),
    },
    problems: verdicts.flatMap(({ problems }) => problems),
  }
}
