import { existsSync } from 'node:fs'
import { tellDatabaseTrouble } from '../../../server/database-trouble.ts'
import { StartError } from '../../../server/errors.ts'
import { corpusPath } from '../../support/corpus.ts'
import { helpOf, type Options, readCommandLine, type Values } from './command-line.ts'

/** How it ended. */
export interface Outcome {
  /** The last line of the standard output, as one JSON object. */
  readonly figures: Readonly<Record<string, unknown>>
  /** What was wrong, in sentences: with one of them the exit code is 1. */
  readonly problems: readonly string[]
}

/** What a machine is lent while it runs. */
export interface Run {
  /** How far it has come, and what it has seen, for whoever watches: the standard output is for the last line. */
  tell(line: string): void
  /** Since it began. */
  seconds(): number
  /** The command that plays only this again. */
  again(args: string): string
}

interface Machine<O extends Options> {
  /** Its name among the npm scripts. */
  readonly command: string
  readonly about: string
  readonly options: O
}

/** More sentences than these nobody reads. */
const toldProblems = 20

/** The frame of every machine: its options, its last line, its exit code. What a person can mend is one sentence. */
export async function runMachine<O extends Options>(
  { command, about, options }: Machine<O>,
  play: (values: Values<O>, run: Run) => Promise<Outcome | undefined>,
): Promise<void> {
  try {
    const values = readCommandLine(command, options)
    if (!values) return console.log(helpOf(command, about, options))
    const startedAt = performance.now()
    const outcome = await play(values, {
      tell: (line) => console.error(line),
      seconds: () => Math.round((performance.now() - startedAt) / 1_000),
      again: (args) => `npm run ${command} -- ${args}`,
    })
    if (outcome) report(outcome)
  } catch (error) {
    console.error(error instanceof StartError ? error.message : (tellDatabaseTrouble(error) ?? error))
    // At once, as after an exception that nobody has caught: what is still under way would go on without an end.
    process.exit(1)
  }
}

function report({ figures, problems }: Outcome): void {
  for (const problem of problems.slice(0, toldProblems)) console.error(problem)
  if (problems.length > toldProblems) console.error(`and ${problems.length - toldProblems} more`)
  console.log(JSON.stringify(figures))
  process.exitCode = problems.length === 0 ? 0 : 1
}

/** Of the native server. */
export function needServer(why: string): string {
  const server = process.env['TEST_DATABASE_URL']
  if (!server) throw new StartError(`${why}: set TEST_DATABASE_URL.`)
  return server
}

export function needCorpus(why: string): void {
  const folder = corpusPath('')
  if (!existsSync(folder)) throw new StartError(`${why}, and there is none at ${folder}: SHARED_DIR names its parent.`)
}
