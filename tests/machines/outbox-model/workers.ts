/** How a stretch of work ended: it returned, it threw, its process died, or it hangs until somebody wakes it. */
export type Rest = 'done' | 'failed' | 'died' | 'asleep'

/** Workers of which exactly one moves at a time; the others hang at a step. */
export class Workers {
  /** Ends the stretch of the worker that moves; undefined while the owner does something. */
  private front: ((rest: Rest) => void) | undefined
  private readonly asleep: (() => void)[] = []
  lastError: unknown

  get isMoving(): boolean {
    return this.front !== undefined
  }

  get asleepCount(): number {
    return this.asleep.length
  }

  run(work: () => Promise<unknown>): Promise<Rest> {
    return this.stretch(() => {
      work().then(
        () => this.rest('done'),
        (error: unknown) => {
          this.lastError = error
          this.rest('failed')
        },
      )
    })
  }

  /** The one that has slept longest goes on where it hung. */
  wake(): Promise<Rest> {
    const wakeUp = this.asleep.shift()
    if (!wakeUp) throw new Error('nobody sleeps')
    return this.stretch(wakeUp)
  }

  /** The worker that moves does nothing any more, not even what would tidy up. */
  die(): Promise<never> {
    this.rest('died')
    return new Promise(() => {})
  }

  /** The worker that moves hangs here. */
  fallAsleep(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.asleep.push(resolve)
    this.rest('asleep')
    return promise
  }

  /** What the owner does meanwhile: no point of the play. */
  async aside<T>(deed: () => Promise<T>): Promise<T> {
    const { front } = this
    this.front = undefined
    const result = await deed()
    this.front = front
    return result
  }

  private async stretch(begin: () => void): Promise<Rest> {
    const outer = this.front
    const { promise, resolve } = Promise.withResolvers<Rest>()
    this.front = resolve
    begin()
    const rest = await promise
    this.front = outer
    return rest
  }

  private rest(rest: Rest): void {
    if (!this.front) throw new Error('no worker moves')
    this.front(rest)
  }
}
