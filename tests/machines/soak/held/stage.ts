import { createTestApp, type TestApp, testEnvironment } from '../../../support/app.ts'
import { type Inbox, openInbox } from '../../../support/connected-inbox.ts'
import { startProxy } from '../../../support/database-proxy.ts'
import { type ServerProcess, startServer } from '../../../support/server-process.ts'
import { newDatabase } from '../../kit/databases.ts'
import { startWorkers, type Workers } from '../workers.ts'

const owners = 8
const mailsEach = 25

export interface HeldStage extends AsyncDisposable {
  /** Looks on from outside, past the wire that is cut. */
  readonly app: TestApp
  readonly inboxes: readonly Inbox[]
  /** Serves requests and works off jobs, as one process does by default. */
  readonly server: ServerProcess
  /** One more that works, to be killed. */
  readonly worker: Workers
  readonly proxy: Awaited<ReturnType<typeof startProxy>>
}

/** The real server and a worker beside it on a native database, owners whose mailboxes hold mail with its drafts. */
export async function openHeldStage(databaseServer: string): Promise<HeldStage> {
  await using stack = new AsyncDisposableStack()
  const { config } = stack.use(await newDatabase(databaseServer))
  if (config.kind !== 'native') throw new Error('the load needs a native server')
  const proxy = stack.use(await startProxy(new URL(config.url)))
  const app = stack.use(await createTestApp({ config: { database: config, roles: ['api'] } }))
  const inboxes: Inbox[] = []
  for (let index = 0; index < owners; index++) {
    const inbox = await openInbox(app)
    for (let mail = 0; mail < mailsEach; mail++) {
      await app.deliver(inbox.owner, { subject: `Matter ${mail}`, from: `Cleo ${mail} <cleo.${mail}@nile.example>` })
    }
    await inbox.sync()
    inboxes.push(inbox)
  }
  const environment = {
    ...testEnvironment(app.google),
    APP_ENV: 'production',
    LOG_LEVEL: 'info',
    DATABASE_URL: proxy.url,
    METRICS_TOKEN: '',
  }
  const server = stack.use(await startServer(environment))
  const worker = stack.use(await startWorkers(1, environment, { pick: () => 0, clocksApartMs: 0 }))
  const owned = stack.move()
  return { app, inboxes, server, worker, proxy, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}
