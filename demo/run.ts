import { parseArgs } from 'node:util'
import { messageOf, StartError } from '../server/errors.ts'
import { approveTwo } from './approve.ts'
import { sentenceOf } from './failure.ts'
import { printInbox } from './inbox-table.ts'
import { type Figures, measure } from './measure.ts'
import { connectMailbox, type Owner, registerOwner } from './owner.ts'
import { paint, say } from './say.ts'
import { setStage, type Stage } from './stage.ts'
import { watchProcessing } from './watch.ts'

/** The newcomer's first minute: a whole inbox read, sorted and answered, by the real server against a sandbox Google. */
async function run(): Promise<void> {
  const { once, json, port } = readOptions()
  const startedAt = performance.now()
  const stopped = Promise.withResolvers<'stopped'>()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopped.resolve('stopped'))

  say(paint('dim', 'Starting: embedded PostgreSQL, sandbox Google, server and worker …'))
  await using stage = await setStage(port)
  const figures = await Promise.race([playScript(stage, startedAt, once), stopped.promise])
  if (figures === 'stopped') return say('\nStopped.')
  if (!once) await stopped.promise
  if (json) process.once('exit', () => say(JSON.stringify(figures)))
  if (figures.failed > 0 || figures.duplicates > 0 || figures.sent < 2 || figures.sentInThread !== figures.sent)
    process.exitCode = 1
}

async function playScript(stage: Stage, startedAt: number, once: boolean): Promise<Figures> {
  const owner = await registerOwner(stage)
  await connectMailbox(stage, owner)
  await watchProcessing(owner.api)
  const emails = await printInbox(owner.api)
  const approved = await approveTwo(owner)
  const figures = await measure(stage, owner, { emails, approved, startedAt })
  say(paint('dim', `  ${(figures.durationMs / 1000).toFixed(1)} s in all`))
  if (!once) printWhereNext(stage, owner)
  return figures
}

function printWhereNext({ url }: Stage, { email, password, accessToken }: Owner): void {
  say(`
${paint('bold', 'Where to look next')}
  The API stands at ${url}/trpc, its health at ${url}/health.

  ${paint('dim', '# the replies that wait')}
  curl -s ${url}/trpc/drafts.list -H 'Authorization: Bearer ${accessToken}'

  ${paint('dim', '# log in again (the token above lives 30 minutes)')}
  curl -s ${url}/trpc/auth.login -H 'Content-Type: application/json' \\
    -d '${JSON.stringify({ email, password, tokenTransport: 'body' })}'

${paint('bold', 'Ctrl-C')} stops everything; the data stays in .data/demo.`)
}

function readOptions(): { once: boolean; json: boolean; port: number } {
  const options = { once: { type: 'boolean' }, json: { type: 'boolean' }, port: { type: 'string' } } as const
  try {
    const { once = false, json = false, port = '8000' } = parseArgs({ options }).values
    const isPort = /^\d{4,5}$/.test(port) && Number(port) >= 1024 && Number(port) <= 65_535
    if (!isPort) throw new StartError('--port takes a number from 1024 to 65535.')
    return { once, json, port: Number(port) }
  } catch (error) {
    throw new StartError(
      `${messageOf(error)}\nThe demo takes --once (end by itself), --json (its figures as last line) and --port.`,
      {
        cause: error,
      },
    )
  }
}

// What nobody waits for any more would end the process with a stack trace.
process.on('uncaughtException', (error) => {
  console.error(sentenceOf(error))
  process.exit(1)
})

try {
  await run()
} catch (error) {
  process.exitCode = 1
  console.error(sentenceOf(error))
}
