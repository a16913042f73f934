import { setTimeout as sleep } from 'node:timers/promises'
import { type App, bootstrap } from './bootstrap.ts'
import { type Config, readConfig, waitsAfterFailure } from './config.ts'
import { databaseTroubleOf, tellDatabaseTrouble } from './database-trouble.ts'
import { StartError } from './errors.ts'
import { startHttpServer } from './http/server.ts'
import { createHandlers } from './jobs/handlers.ts'
import { createWorker } from './jobs/worker.ts'
import { assertSingleUser } from './services/single-user.ts'

const lastResortMs = 9_500
const retryMs = 2_000

/**
 * Serves and works until the signal, then ends what is running and gives everything back. Where it cannot start it says
 * why and sets the exit code; with START_FAILURE=wait it stays until the signal, and waits for a database that is not up.
 */
export async function serve(stopped: Promise<NodeJS.Signals>): Promise<void> {
  try {
    await run(stopped)
  } catch (error) {
    process.exitCode = 1
    const told = explain(error)
    console.error(told)
    if (!waitsAfterFailure() || typeof told !== 'string') return
    console.error('It waits here until it is stopped: a restart would end in the same way.')
    // Nothing else keeps the process.
    const hold = setInterval(() => undefined, 60_000)
    await stopped
    clearInterval(hold)
  }
}

async function run(stopped: Promise<NodeJS.Signals>): Promise<void> {
  const config = readConfig()
  await using stack = new AsyncDisposableStack()
  const opened = await open(config, stopped)
  if (opened === null) return
  const app = stack.use(opened)
  const { logger } = app.ctx
  await assertSingleUser(app.ctx)
  const { roles, database, model } = config
  if (roles.includes('worker')) await app.ctx.jobs.work(createWorker(app.ctx, createHandlers(app.ctx)))
  const server = stack.use(await startHttpServer(app.ctx, { port: config.port }))
  const facts = { url: server.url, roles, database: database.kind, model: model.provider }
  logger.info(facts, roles.includes('api') ? 'ReasonFlow listens' : 'ReasonFlow works')
  const signal = await stopped
  logger.info({ signal }, 'stopping')
  setTimeout(() => {
    logger.error('the process did not stop in time')
    process.exit(1)
  }, lastResortMs).unref()
  app.beginStop()
}

/** Null when the signal came while the database was still waited for. */
async function open(config: Config, stopped: Promise<NodeJS.Signals>): Promise<App | null> {
  for (let isTold = false; ; isTold = true) {
    try {
      return await bootstrap(config)
    } catch (error) {
      if (!waitsAfterFailure() || databaseTroubleOf(error) !== 'unreachable') throw error
      if (!isTold) console.error(`${String(explain(error))} It is tried again until it answers.`)
    }
    const signal = await Promise.race([stopped, sleep(retryMs)])
    if (signal) return null
  }
}

/** What a person can mend is one sentence; anything else is a bug and keeps its stack. */
function explain(error: unknown): unknown {
  return error instanceof StartError ? error.message : (tellDatabaseTrouble(error) ?? error)
}
