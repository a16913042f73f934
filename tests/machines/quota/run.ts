import { startSandbox, type SandboxRequest } from '../../../google-sandbox/sandbox.ts'
import { createTestApp, testEnvironment } from '../../support/app.ts'
import { wholeNumber } from '../kit/command-line.ts'
import { newDatabase } from '../kit/databases.ts'
import { needServer, runMachine } from '../kit/run-machine.ts'
import { startWorkers } from '../soak/workers.ts'

const minuteMs = 60_000
const ceilingMs = 10 * minuteMs
const leastUsed = 0.9

await runMachine(
  {
    command: 'bench:quota',
    about: 'Gmail’s quota is used and never exceeded by three processes.',
    options: {
      messages: wholeNumber('mails to import', 260),
      limit: wholeNumber('units a minute: what the sandbox enforces and the product is told', 6_000),
    },
  },
  async ({ messages, limit }, { tell }) => {
    const server = needServer('Several processes share one quota over one PostgreSQL')
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
      if (round % 10 === 0) tell(`${imported} of ${messages} mails, ${google.unitsUsed(owner.email)} units`)
    }

    const calls = google.journal.filter((call) => call.email === owner.email && call.path.startsWith('/gmail/'))
    const refused = calls.filter(({ status }) => status === 429).length
    const busiestMinute = google.busiestMinute(owner.email)
    const { slowestMinute, seconds } = minutesOf(calls)
    const share = Math.round((slowestMinute / limit) * 1_000) / 1_000
    const figures = {
      limit,
      busiestMinute,
      slowestMinute,
      share,
      refused,
      imported,
      units: google.unitsUsed(owner.email),
    }
    return {
      figures: { ...figures, processes: 3, seconds },
      problems: [
        ...(imported === messages ? [] : [`${imported} of ${messages} mails were imported`]),
        ...(refused === 0 ? [] : [`${refused} calls were refused`]),
        ...(busiestMinute <= limit ? [] : [`${busiestMinute} units were used in one minute`]),
        ...(share >= leastUsed ? [] : [`in the slowest minute a share of ${share} was used`]),
      ],
    }
  },
)

/** The fewest units in any 60 s between the first and the last call, and how long that was. */
function minutesOf(calls: readonly SandboxRequest[]): { slowestMinute: number; seconds: number } {
  const [first, last] = [calls[0]?.at.getTime() ?? 0, calls.at(-1)?.at.getTime() ?? 0]
  let slowestMinute = Infinity
  for (const { at } of calls) {
    const since = at.getTime()
    if (since + minuteMs > last) break
    const within = calls.filter((call) => call.at.getTime() > since && call.at.getTime() <= since + minuteMs)
    slowestMinute = Math.min(
      slowestMinute,
      within.reduce((sum, { units }) => sum + units, 0),
    )
  }
  return { slowestMinute: Number.isFinite(slowestMinute) ? slowestMinute : 0, seconds: (last - first) / 1_000 }
}
