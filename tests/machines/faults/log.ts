import type { SandboxRequest } from '../../../google-sandbox/sandbox.ts'
import type { JobHandlers, JobName } from '../../../server/jobs/catalog.ts'
import type { TestApp } from '../../support/app.ts'
import { aheadOf, type Scene } from './scene.ts'

/** One run of a job: what Google saw of it, by the product's clock, and how it ended. */
export interface JobRun {
  readonly name: JobName
  readonly calls: readonly SandboxRequest[]
  readonly error: unknown
}

/** A call of a port that failed. */
export interface PortFailure {
  readonly error: unknown
  readonly ms: number
  /** Until when Google is to be left alone, by the product's clock. */
  readonly waitUntil: Date | null
  readonly waitMs: number
  readonly job: JobName | null
  /** How many jobs had ended before. */
  readonly after: number
}

/** What happened in a trial, in order. */
export class Log {
  readonly jobRuns: JobRun[] = []
  readonly failures: PortFailure[] = []
  private readonly app: TestApp
  private readonly email: string
  private job: JobName | null = null

  constructor({ app, owner }: Pick<Scene, 'app' | 'owner'>) {
    this.app = app
    this.email = owner.email
  }

  /** The handlers themselves; what they do is noted. */
  watchJobs(handlers: JobHandlers): JobHandlers {
    const watched = Object.entries(handlers).map(([name, handle]) => [
      name,
      (job: never) => this.noteJob(name as JobName, () => handle(job)),
    ])
    return Object.fromEntries(watched) as JobHandlers
  }

  /** The port itself; what fails is noted on its way. */
  watchPort<P extends object>(port: P): P {
    return new Proxy(port, {
      get: (target, name): unknown => {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        return (...args: unknown[]) => this.noteFailure(() => Reflect.apply(member, target, args) as Promise<unknown>)
      },
    })
  }

  /** The messages of which Gmail said, asked for one of them, that they are not there. */
  saidGone(): Set<string> {
    const answers = this.jobRuns.flatMap(({ calls }) => calls).filter(({ status }) => status === 404)
    return new Set(answers.flatMap(({ path }) => /\/messages\/(\w+)$/.exec(path)?.[1] ?? []))
  }

  private async noteJob(name: JobName, work: () => Promise<void>): Promise<void> {
    const { journal } = this.app.google
    const from = journal.length
    let error: unknown
    this.job = name
    try {
      await work()
    } catch (failure) {
      error = failure
      throw failure
    } finally {
      const calls = journal.slice(from).filter(({ email }) => email === this.email)
      this.jobRuns.push({ name, calls: calls.map((call) => ({ ...call, at: this.inOurTime(call.at) })), error })
      this.job = null
    }
  }

  private async noteFailure<T>(call: () => Promise<T>): Promise<T> {
    const startedAt = performance.now()
    try {
      return await call()
    } catch (error) {
      const retryAt = (error as { retryAt?: Date }).retryAt ?? null
      this.failures.push({
        error,
        ms: performance.now() - startedAt,
        waitUntil: retryAt && this.inOurTime(retryAt),
        waitMs: retryAt ? retryAt.getTime() - Date.now() : 0,
        job: this.job,
        after: this.jobRuns.length,
      })
      throw error
    }
  }

  private inOurTime(at: Date): Date {
    return new Date(at.getTime() + aheadOf(this.app.clock))
  }
}
