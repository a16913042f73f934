import { parseArgs } from 'node:util'
import { startSandbox } from '../../../google-sandbox/sandbox.ts'
import { createTestApp, testEnvironment } from '../../support/app.ts'
import { newDatabase } from '../kit/databases.ts'
import { startWorkers } from '../soak/workers.ts'
import { minutesOf } from './minutes.ts'

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '260' },
    /** Units a minute: what the sandbox enforces and the product is told. */
    limit: { type: 'string', default: '6000' },
  },
})
const [messages, limit] = [Number(values.messages), Number(values.limit)]
const ceilingMs = 10 * 60_000

const server = process.env['TEST_DATABASE_URL']
if (!server) {
  console.error('Several processes share one quota over one PostgreSQL: set TEST_DATABASE_URL.')
  process.exit(1)
}

await using google = await startSandbox({ unitsPerMinute: limit })
await using database = await newDatabase(server)
await using app = await createTestApp({
  google,
  config: { database: database.config, roles: ['api'], gmailUnitsPerMinute: limit },
})
const owner = await app.newOwner()
await app.as(owner).settings.update({ autonomy: 'off', classifyOnSync: false })
const { mailboxId } = await app.connect(owner)
const ref = { userId: owner.userId, mailboxId }
let newest = ''
for (let index = 0; index < messages; index++) newest = (await app.deliver(owner, { subject: `Mail ${index}` })).id

const environment = {
  ...testEnvironment(google),
  GMAIL_QUOTA_UNITS_PER_MINUTE: String(limit),
  LOG_LEVEL: 'info',
  DATABASE_URL: database.environment['DATABASE_URL'] ?? '',
}
await using _workers = await startWorkers(2, environment, { pick: () => 0, clocksApartMs: 300_000 })
const started = performance.now()
let imported = 0
for (let round = 0; imported < messages && performance.now() - started < ceilingMs; round++) {
  // Beside the worker's import this process reads the same mailbox, as one that serves its owner does.
  await app.ctx.mailbox.getMessage(ref, newest)
  const { count } = await app.db
    .selectFrom('emails')
    .where('userId', '=', owner.userId)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  imported = count
  if (round % 10 === 0) console.log(`${imported} of ${messages} mails, ${google.unitsUsed(owner.email)} units`)
}

const calls = google.journal.filter((call) => call.email === owner.email && call.path.startsWith('/gmail/'))
const refused = calls.filter(({ status }) => status === 429).length
const busiestMinute = google.busiestMinute(owner.email)
const { slowestMinute, seconds } = minutesOf(calls)
const share = Math.round((slowestMinute / limit) * 1_000) / 1_000
const isGood = imported === messages && refused === 0 && busiestMinute <= limit && share >= 0.9
const figures = { limit, busiestMinute, slowestMinute, share, refused, imported, units: google.unitsUsed(owner.email) }
console.log(JSON.stringify({ ...figures, processes: 3, seconds }))
process.exitCode = isGood ? 0 : 1
