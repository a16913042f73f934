import { type SandboxGoogle, startSandbox } from '../../../demo/sandbox/sandbox.ts'
import { createTestApp, testEnvironment } from '../../support/app.ts'
import { openInbox } from '../../support/connected-inbox.ts'
import { type CrashDatabase, newDatabase } from './databases.ts'
import type { Arranged, Workflow } from './workflow.ts'

/** Where trials take place one after the other: a Google, and for every workflow a world prepared once. */
export interface Stage extends AsyncDisposable {
  /** The world where the workflow begins, the same every time. */
  open(workflow: Workflow): Promise<World>
}

export interface World extends AsyncDisposable {
  readonly google: SandboxGoogle
  readonly database: CrashDatabase
  /** What a server of this world is told. */
  readonly environment: Readonly<Record<string, string>>
  readonly arranged: Arranged
  /** An owner with mail, drafts and runs who has nothing to do with the workflow. */
  readonly bystander: { readonly userId: string; readonly email: string }
}

interface Prepared {
  readonly database: CrashDatabase
  readonly arranged: Arranged
  restore(): void
}

export async function createStage({ url, logLevel }: { url: string | undefined; logLevel: string }): Promise<Stage> {
  await using stack = new AsyncDisposableStack()
  const google = stack.use(await startSandbox())
  const base = stack.use(await newDatabase(url))
  const bystander = await settleBystander(google, base)
  const restore = google.checkpoint()
  const prepared = new Map<string, Prepared>()

  async function prepare({ arrange }: Workflow): Promise<Prepared> {
    restore()
    const database = owned.use(await base.copy())
    await using app = await createTestApp({ google, config: { database: database.config } })
    const arranged = await arrange(app)
    return { database, arranged, restore: google.checkpoint() }
  }

  const owned = stack.move()
  return {
    async open(workflow) {
      const known = prepared.get(workflow.name) ?? (await prepare(workflow))
      prepared.set(workflow.name, known)
      known.restore()
      const database = await known.database.copy()
      return {
        google,
        database,
        environment: { ...testEnvironment(google), LOG_LEVEL: logLevel, ...database.environment },
        arranged: known.arranged,
        bystander,
        [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
      }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** So seldom synced that the minutes of a trial leave the bystander alone. */
const seldom = { syncFrequencyMinutes: 1_440 } as const

async function settleBystander(google: SandboxGoogle, { config }: CrashDatabase) {
  await using app = await createTestApp({ google, config: { database: config } })
  const { owner, newDraft, api } = await openInbox(app, seldom)
  await newDraft({ subject: 'Still undecided' })
  const { id: draftId, version } = await newDraft({ subject: 'Answered' })
  await api.drafts.approve({ draftId, version })
  await app.drainDelayed()
  return { userId: owner.userId, email: owner.email }
}
