import { type SandboxGoogle, startSandbox } from '../../../google-sandbox/sandbox.ts'
import { createOfflineModel } from '../../../server/adapters/offline-model/model.ts'
import { parseConfig } from '../../../server/config.ts'
import { createTestApp, type TestApp, testEnvironment } from '../../support/app.ts'
import { openInbox, sweep } from '../../support/connected-inbox.ts'
import { startModelServer } from '../../support/model-server.ts'
import { goodGemini } from '../../support/good-gemini.ts'
import { push } from '../../support/push.ts'
import { type MachineDatabase, newDatabase } from '../kit/databases.ts'
import type { Whereabouts } from './ending.ts'
import { hashRowsIn } from '../kit/row-hashes.ts'
import type { Arranged, Workflow } from './workflow.ts'

/** Where trials take place one after the other: a Google, and for every workflow a world prepared once. */
export interface Stage extends AsyncDisposable {
  /** The world where the workflow begins, the same every time. */
  open(workflow: Workflow): Promise<World>
}

export interface World extends Whereabouts, AsyncDisposable {
  readonly database: MachineDatabase
  /** What a server of this world is told. */
  readonly environment: Readonly<Record<string, string>>
  readonly arranged: Arranged
  /** A hash of all that the bystander has, by table. */
  readonly bystanderHashes: Readonly<Record<string, string>>
}

interface Prepared extends Pick<World, 'arranged' | 'bystanderHashes'> {
  readonly database: MachineDatabase
  restore(): void
}

export async function openStage({ url, logLevel }: { url: string | undefined; logLevel: string }): Promise<Stage> {
  await using stack = new AsyncDisposableStack()
  const google = stack.use(await startSandbox())
  const gemini = stack.use(await startModelServer(goodGemini))
  const base = stack.use(await newDatabase(url))
  const bystander = await arrangeIn(google, base, settleBystander)
  const restore = google.checkpoint()
  const prepared = new Map<string, Prepared>()

  async function prepare({ arrange }: Workflow): Promise<Prepared> {
    restore()
    const database = owned.use(await base.copy())
    const arranged = await arrangeIn(google, database, arrange)
    const bystanderHashes = await hashRowsIn(database.config, bystander.userId)
    return { database, arranged, bystanderHashes, restore: google.checkpoint() }
  }

  const owned = stack.move()
  return {
    async open(workflow) {
      const known = prepared.get(workflow.name) ?? (await prepare(workflow))
      prepared.set(workflow.name, known)
      known.restore()
      const { arranged, bystanderHashes } = known
      const database = await known.database.copy()
      const paid = workflow.isPaid ? paidModel(gemini.baseUrl) : {}
      const environment = { ...environmentOf(google, database), ...paid, LOG_LEVEL: logLevel }
      return {
        google,
        database,
        environment,
        arranged,
        owner: arranged.owner,
        bystander,
        bystanderHashes,
        [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
      }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

function environmentOf(google: SandboxGoogle, { environment }: MachineDatabase): Record<string, string> {
  return {
    ...testEnvironment(google),
    GMAIL_PUBSUB_TOPIC: push.topic,
    GMAIL_PUSH_AUDIENCE: push.audience,
    GMAIL_PUSH_SERVICE_ACCOUNT: push.serviceAccount,
    // So much that nobody ever waits for it.
    GMAIL_QUOTA_UNITS_PER_MINUTE: '1000000',
    ...environment,
  }
}

/** Its vectors bear the name of the offline ones: those of the prepared world stay as they are. */
function paidModel(baseUrl: string): Record<string, string> {
  return {
    MODEL_PROVIDER: 'gemini',
    GEMINI_API_KEY: 'a key of the tests',
    GEMINI_EMBEDDING_MODEL: createOfflineModel().embedder.modelId,
    GEMINI_BASE_URL: baseUrl,
  }
}

/** Prepares a world with the product in this process. */
async function arrangeIn<T>(
  google: SandboxGoogle,
  database: MachineDatabase,
  arrange: (app: TestApp) => Promise<T>,
): Promise<T> {
  await using app = await createTestApp({ google, config: parseConfig(environmentOf(google, database)) })
  return await arrange(app)
}

/** So seldom synced that the minutes of a trial leave the bystander alone. */
const seldom = { syncFrequencyMinutes: 1_440 } as const

/** An owner with mail, drafts and runs, to whom nothing happens any more. */
async function settleBystander(app: TestApp): Promise<{ userId: string }> {
  const { owner, newDraft, api } = await openInbox(app, seldom)
  await newDraft({ subject: 'Still undecided' })
  const { id: draftId, version } = await newDraft({ subject: 'Answered' })
  await api.drafts.approve({ acceptOpenQuestions: true, draftId, version })
  await app.drainDelayed()
  await sweep(app)
  return { userId: owner.userId }
}
