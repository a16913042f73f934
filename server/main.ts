import { bootstrap } from './bootstrap.ts'
import { readConfig } from './config.ts'
import { StartError } from './errors.ts'
import { startHttpServer } from './http/server.ts'
import { createHandlers } from './jobs/handlers.ts'

const lastResortMs = 9_500
const unreachable = /^(ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|08...|57P0.)/
/** SQLSTATE: refused log-in, no such database, too many connections or none allowed, no pgvector, no right to create it. */
const unusable = /^(28...|3D000|53300|55000|0A000|58P01|42501)$/

try {
  await run()
} catch (error) {
  process.exitCode = 1
  console.error(explain(error))
}

/** Serves and works until SIGTERM or SIGINT, then ends what is running and gives everything back. */
async function run(): Promise<void> {
  const stopped = stopSignal()
  const config = readConfig()
  await using stack = new AsyncDisposableStack()
  const app = stack.use(await bootstrap(config))
  const { logger } = app.ctx
  const { roles, database, model } = config
  if (roles.includes('worker')) await app.ctx.jobs.work(createHandlers(app.ctx))
  const server = roles.includes('api') ? stack.use(await startHttpServer(app.ctx, { port: config.port })) : undefined
  const facts = { url: server?.url, roles, database: database.kind, model: model.provider }
  logger.info(facts, server ? 'ReasonFlow listens' : 'ReasonFlow works')
  const signal = await stopped
  logger.info({ signal }, 'stopping')
  setTimeout(() => {
    logger.error('the process did not stop in time')
    process.exit(1)
  }, lastResortMs).unref()
  app.beginStop()
}

function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    // From the start, or an early one would kill it half way; to the end, since a terminal and a watcher both pass
    // Ctrl-C on, and the second must not kill the stop.
    process.on('SIGTERM', resolve)
    process.on('SIGINT', resolve)
  })
}

/** What a person can mend is one sentence; anything else is a bug and keeps its stack. */
function explain(error: unknown): unknown {
  if (error instanceof StartError) return error.message
  const { code = '', message } = error as NodeJS.ErrnoException
  if (unreachable.test(code) || /^(timeout exceeded|Connection terminated)/.test(message))
    return `The database cannot be reached (${message || code}). Check DATABASE_URL and that the server runs.`
  if (unusable.test(code))
    return `The database cannot be used (${message}). Check DATABASE_URL and the server's set-up.`
  return error
}
