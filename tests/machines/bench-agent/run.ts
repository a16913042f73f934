import { setTimeout as sleep } from 'node:timers/promises'
import { jobNames } from '../../../server/adapters/pg-boss/queues.ts'
import type { JobHandlers } from '../../../server/jobs/catalog.ts'
import { createWorker } from '../../../server/jobs/worker.ts'
import type { TestApp } from '../../support/app.ts'
import { flag, text, wholeNumber } from '../kit/command-line.ts'
import { newDatabase } from '../kit/databases.ts'
import { needServer, runMachine } from '../kit/run-machine.ts'
import { openStage, storeMails } from './stage.ts'
import { countStatements } from './statements.ts'

/** Far beyond what the slowest machine takes. */
const ceilingMs = 10_000
const longestMs = 500

await runMachine(
  {
    command: 'bench:agent',
    about:
      'What the agent itself costs a mail, with a model that answers at once: mails a second and statements a mail.',
    options: {
      mails: wholeNumber('mails to work on', 500),
      owners: wholeNumber('owners they are of', 50),
      database: text('the PostgreSQL server; TEST_DATABASE_URL by default', 'url'),
      statements: flag('tells every statement, and how often it is sent a mail'),
    },
  },
  async ({ mails, owners, database: url, statements }, { tell }) => {
    const server = url ?? needServer('What a mail costs is measured on PostgreSQL, with --database or without')
    await using database = await newDatabase(server)
    if (database.config.kind !== 'native') throw new Error('a server has a native database')
    await using app = await openStage({ ...database.config, maxConnections: 10 })
    await storeMails(app, { mails, owners })
    tell(`${mails} mails of ${owners} owners are stored`)

    using counted = countStatements()
    const { times, seconds } = await workAll(app, mails)
    const { own, ofQueue } = counted.read()
    const sent = [...own].sort(([, some], [, others]) => others - some)
    if (statements) for (const [statement, count] of sent) tell(`${perMail(count, mails)}  ${statement}`)
    const drafts = await countDrafts(app)
    const total = sent.reduce((sum, [, count]) => sum + count, 0)
    return {
      figures: {
        mailsPerSecond: rounded(times.length / seconds),
        p50Ms: rounded(quantile(times, 0.5)),
        p99Ms: rounded(quantile(times, 0.99)),
        statementsPerMail: perMail(total, mails),
        queueStatementsPerMail: perMail(ofQueue, mails),
        mails: times.length,
        seconds: rounded(seconds),
      },
      problems: [
        ...(times.length === mails ? [] : [`${times.length} of ${mails} mails were worked on`]),
        ...(drafts === mails ? [] : [`${drafts} of ${mails} mails have a draft`]),
      ],
    }
  },
)

/** Has the queue's runs worked by this process, as a worker does; how long each took, and all of them. */
async function workAll(app: TestApp, mails: number): Promise<{ times: number[]; seconds: number }> {
  const times: number[] = []
  const nothing = Object.fromEntries(jobNames.map((name) => [name, () => Promise.resolve()])) as unknown as JobHandlers
  const handlers: JobHandlers = {
    ...nothing,
    async 'process-email'(job) {
      const begun = performance.now()
      await app.handlers['process-email'](job)
      times.push(performance.now() - begun)
    },
  }
  const begun = performance.now()
  await app.ctx.jobs.work(createWorker(app.ctx, handlers))
  while (times.length < mails && performance.now() - begun < ceilingMs + mails * longestMs) await sleep(5)
  return { times, seconds: (performance.now() - begun) / 1_000 }
}

async function countDrafts(app: TestApp): Promise<number> {
  const { count } = await app.db
    .selectFrom('drafts')
    .where('status', '=', 'pending')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((some, other) => some - other)
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0
}

function perMail(count: number, mails: number): number {
  return rounded(count / mails)
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
