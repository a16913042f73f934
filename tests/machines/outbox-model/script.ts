import type { Choice, Decision, Schedule } from './schedule.ts'

export interface Point {
  readonly name: string
  readonly options: readonly Decision[]
}

/** Hands out what a schedule decides, and notes every point that is reached with all that could be decided there. */
export class Script {
  readonly points: Point[]
  private readonly idle = Promise.withResolvers<undefined>()
  private readonly remaining: Choice[]

  /** `before`: the points of a beginning that is not played again. */
  constructor(schedule: Schedule, before: readonly Point[]) {
    this.points = [...before]
    this.remaining = schedule.filter(({ point }) => point >= before.length)
  }

  get isOver(): boolean {
    return this.remaining.length === 0
  }

  /** Resolves when the last decision is found to have changed nothing: what follows is what follows without it. */
  get endsIdly(): Promise<undefined> {
    return this.idle.promise
  }

  /** Nothing moves any more. */
  endIdly(): Promise<never> {
    this.idle.resolve(undefined)
    return new Promise(() => {})
  }

  /** Undefined: all goes well here. Throws when the schedule does not fit the play. */
  decide(name: string, options: readonly Decision[]): Decision | undefined {
    const [choice] = this.remaining
    const isHere = choice?.point === this.points.length
    this.points.push({ name, options })
    if (!choice || !isHere) return undefined
    if (!options.includes(choice.decision)) throw new Error(`${choice.decision} is no option ${name}`)
    this.remaining.shift()
    return choice.decision
  }
}
