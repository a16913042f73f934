import { join } from 'node:path'
import { type SandboxGoogle, startSandbox } from '../google-sandbox/sandbox.ts'
import { type App, bootstrap } from '../server/bootstrap.ts'
import { parseConfig } from '../server/config.ts'
import { startHttpServer } from '../server/http/server.ts'
import { createHandlers } from '../server/jobs/handlers.ts'
import { createWorker } from '../server/jobs/worker.ts'
import { demoSecrets } from './secrets.ts'

/** The real server with its worker, an embedded database that stays, and a sandbox Google that does not. */
export interface Stage extends AsyncDisposable {
  readonly url: string
  readonly google: SandboxGoogle
}

const directory = join(import.meta.dirname, '../.data/demo')

export async function setStage(port: number): Promise<Stage> {
  await using stack = new AsyncDisposableStack()
  const google = stack.use(await startSandbox())
  const config = parseConfig({
    ...demoSecrets(directory),
    PORT: String(port),
    DATA_DIR: directory,
    LOG_LEVEL: 'error',
    MODEL_PROVIDER: 'offline',
    GMAIL_CLIENT_ID: google.clientId,
    GMAIL_CLIENT_SECRET: google.clientSecret,
    // The sandbox is not Google, and somebody watches.
    GMAIL_QUOTA_UNITS_PER_MINUTE: '6000000',
    GMAIL_REDIRECT_URI: `http://localhost:${port}/api/v1/auth/gmail/callback`,
    GOOGLE_API_BASE_URL: google.url,
    GOOGLE_OAUTH_BASE_URL: google.url,
  })
  const app = stack.use(await bootstrap(config))
  await forgetFormerRuns(app)
  await app.ctx.jobs.work(createWorker(app.ctx, createHandlers(app.ctx)))
  const server = stack.use(await startHttpServer(app.ctx, { port, host: 'localhost' }))
  const owned = stack.move()
  return {
    url: server.url,
    google,
    [Symbol.asyncDispose]: () => {
      app.beginStop()
      return owned.disposeAsync()
    },
  }
}

/** The sandbox of an earlier run is gone and its mailboxes with it; who tries the demo often is no flood of strangers. */
async function forgetFormerRuns({ ctx }: App): Promise<void> {
  await ctx.db.deleteFrom('rateLimits').execute()
  await ctx.db.updateTable('mailboxes').set({ status: 'disconnected' }).where('status', '<>', 'disconnected').execute()
}
