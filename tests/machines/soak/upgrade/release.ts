import { join } from 'node:path'
import { type Child, startNode } from '../../../support/child.ts'
import { portOf } from '../../../support/server-process.ts'

/** The processes of one release, run by its own code out of its own folder. */
export interface Release extends AsyncDisposable {
  /** Its own script brings the database to its level. */
  migrate(): Promise<void>
  /** One that serves requests, and so many that work. */
  start(workers: number): Promise<{ url: string }>
  /** By SIGTERM; answers the exit codes. */
  stop(): Promise<(number | null)[]>
  /** A worker that should not start: what it says, and its exit code, null where it had to be killed. */
  tryStart(): Promise<{ code: number | null; told: string }>
  /** How many ended without being told to. */
  readonly ended: number
}

const patienceMs = 60_000
const here = join(import.meta.dirname, '../../../..')

/** Without a folder it is this one. */
export function openRelease(environment: Readonly<Record<string, string>>, folder = here): Release {
  const children: Child[] = []
  let isStopping = false
  let endings = 0
  const launch = (args: string[], own: Record<string, string> = {}) =>
    startNode(args, { ...environment, PORT: '0', ...own }, folder)

  function serve(role: 'api' | 'worker'): Child {
    const child = launch(['server/main.ts'], { ROLES: role })
    void child.ended.then(() => (endings += isStopping ? 0 : 1))
    children.push(child)
    return child
  }

  return {
    async migrate() {
      await using child = launch(['server/scripts/migrate.ts'])
      const { code } = await child.ended
      if (code !== 0) throw new Error(`the migration in ${folder} failed:\n${child.output()}`)
    },
    async start(count) {
      const api = serve('api')
      const workers = Array.from({ length: count }, () => serve('worker'))
      await Promise.all(workers.map((worker) => worker.printed('ReasonFlow works')))
      return { url: `http://127.0.0.1:${await portOf(api)}` }
    },
    async stop() {
      isStopping = true
      for (const child of children) child.kill('SIGTERM')
      return (await Promise.all(children.map(({ ended }) => ended))).map(({ code }) => code)
    },
    async tryStart() {
      await using child = launch(['server/main.ts'], { ROLES: 'worker' })
      const late = setTimeout(() => child.kill('SIGKILL'), patienceMs)
      const { code } = await child.ended
      clearTimeout(late)
      return { code, told: child.output().trim() }
    },
    get ended() {
      return endings
    },
    async [Symbol.asyncDispose]() {
      isStopping = true
      await Promise.all(children.map((child) => child[Symbol.asyncDispose]()))
    },
  }
}
