import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { getIntents } from '../../server/db/metrics/intents.ts'
import { getLatency, getTools } from '../../server/db/metrics/latency.ts'
import { getSummary } from '../../server/db/metrics/summary.ts'
import { countByTime } from '../../server/db/metrics/timeseries.ts'
import { countQuestions, getCharges } from '../../server/db/metrics/usage.ts'
import { planOf } from '../support/plan.ts'
import { newOwnerRow, openNewDatabase } from '../support/rows.ts'

const { db } = await openNewDatabase()
const [owner, stranger] = [await newOwnerRow(db), await newOwnerRow(db)]
const { userId } = owner
const to = new Date()
const daysAgo = (days: number) => new Date(to.getTime() - days * 86_400_000).toISOString()
const month = { from: daysAgo(30), to: to.toISOString() }
const year = { from: daysAgo(400), to: to.toISOString() }
const starts = Array.from({ length: 401 }, (_, day) => daysAgo(400 - day))

/** Of each, in 400 days: 10,000 mails with a run, a draft, most of them decided on, a step, a tool and a question. */
beforeAll(async () => {
  // To count them one by one takes most of the time.
  await sql`alter table emails disable trigger user`.execute(db)
  for (const { userId, mailboxId } of [owner, stranger]) {
    const isMany = userId !== owner.userId
    const at = sql`now() - n * interval '57 minutes'`
    const rows = sql`generate_series(1, 10000) as n, lateral (select md5(n || ${userId})::uuid as id) as made`
    await sql`insert into emails (user_id, id, mailbox_id, gmail_id, thread_id, direction, subject, from_name,
        from_address, to_addresses, cc_addresses, reply_to_addresses, received_at, snippet, text, fresh_text, headers,
        labels, reference_ids, status, intent, confidence)
      select ${userId}, id, ${mailboxId}, n::text, n::text, 'in', 'Hello', 'Ada', 'ada@engine.example', '[]', '[]', '[]',
        ${at}, '', repeat('word ', 100), '', '{}', '{}', '{}',
        (array['sent', 'no_reply', 'rejected', 'needs_review'])[1 + n % 4], (array['inquiry', 'other', 'complaint'])[1 + n % 3],
        n % 101 / 100.0 from ${rows}`.execute(db)
    await sql`insert into intent_corrections
      select ${userId}, id, 'other', 0.5, 'now', 'inquiry', now() from ${rows} where n % 20 = 0 or ${isMany}`.execute(
      db,
    )
    await sql`insert into traces (user_id, id, email_id, scope, status, total_ms, created_at)
      select ${userId}, id, id, 'full', 'completed', n, ${at} from ${rows}`.execute(db)
    await sql`insert into agent_steps (user_id, trace_id, name, position, status, started_at, ms, input, output)
      select ${userId}, id, 'classify', 0, 'completed', ${at}, n, '{}', jsonb_build_object('x', repeat('word ', 50))
      from ${rows}`.execute(db)
    await sql`insert into tool_executions (user_id, id, trace_id, step_name, tool, status, ms, created_at)
      select ${userId}, id, id, 'classify', 'tool ' || n % 5, 'ok', n, ${at} from ${rows}`.execute(db)
    await sql`insert into model_calls (user_id, id, trace_id, step_name, task, model, prompt_version, outcome, input_tokens,
        output_tokens, cost, ms, created_at)
      select ${userId}, id, id, 'classify', 'classify', 'a model', '1', 'ok', 100, 10, 0.001, n, ${at} from ${rows}`.execute(
      db,
    )
    await sql`insert into drafts (user_id, id, email_id, trace_id, status, version, subject, to_addresses, body, confidence,
        reasons, open_questions, sources, created_at)
      select ${userId}, id, id, id, (array['sent', 'sent', 'rejected', 'superseded'])[1 + n % 4], 1 + n % 2, 'Re: Hello', '[]',
        'x', n % 101 / 100.0, '[]', '[]', '[]', ${at} from ${rows}`.execute(db)
    await sql`insert into draft_versions
      select ${userId}, id, version, 'agent',
        case when ${isMany} or n % 4 <> 1 then 'x' else (
          select string_agg(format('word%s', (w * version * 7) % 97), ' ') from generate_series(1, 120) as w) end, '', ${at}
      from ${rows}, (values (1), (2)) as version (version) where version = 1 or n % 2 = 1`.execute(db)
    await sql`insert into draft_lessons
      select ${userId}, id, 'ada@engine.example', 'inquiry', 'not_usable', 'OTHER', '[]', '[]', now()
      from ${rows} where n % 8 = 7`.execute(db)
    await sql`insert into outbox (user_id, id, draft_id, draft_version, email_id, mailbox_id, purpose, content_hash, state,
        not_before, created_at, origin)
      select ${userId}, id, id, 1 + n % 2, id, ${mailboxId}, 'reply', '', 'SENT', now(), ${at} + interval '5 minutes',
        case when n % 16 = 0 then 'agent' else 'owner' end from ${rows} where n % 4 < 2`.execute(db)
    await sql`insert into draft_emails select ${userId}, id, md5(n + 1 || ${userId})::uuid
      from ${rows} where (n % 100 = 0 or ${isMany}) and n < 10000`.execute(db)
    await sql`insert into spend (user_id, day, settled_cost, settled_tokens)
      select ${userId}, now()::date - n, 0.1, 1000 from generate_series(0, 400) as n`.execute(db)
  }
  await sql`analyze`.execute(db)
})

const reads: [string, (caught: typeof db, range: typeof month) => Promise<unknown>][] = [
  ['summary', (caught, range) => getSummary(caught, userId, range)],
  ['intents', (caught, range) => getIntents(caught, userId, range)],
  ['latency', (caught, range) => getLatency(caught, userId, range)],
  ['tools', (caught, range) => getTools(caught, userId, range)],
  ['questions', (caught, range) => countQuestions(caught, userId, range)],
  ['charges', (caught, range) => getCharges(caught, userId, range, month.to.slice(0, 10))],
  ['series', (caught, range) => countByTime(caught, userId, range, starts)],
]

test.each(reads)('for %s of a month there is one statement over the owner’s own indexes', async (_name, read) => {
  const plan = await planOf(db, (caught) => read(caught, month))
  expect(plan.match(/^\S/gm)).toHaveLength(1)
  expect(plan).not.toMatch(/Seq Scan on (?!settings\b)/)
})

test('another owner’s rows count in none of them', async () => {
  const { mails, drafts, sends } = await getSummary(db, userId, year)
  expect([mails.received, drafts.made, sends.sent]).toEqual([10_000, 10_000, 5_000])
  const { intents, classification } = await getIntents(db, userId, year)
  const sumOf = (counts: number[]) => counts.reduce((sum, count) => sum + count, 0)
  expect(sumOf(intents.map((of) => of.mails))).toBe(10_000)
  expect(sumOf(intents.map((of) => of.drafts))).toBe(10_000)
  expect(sumOf(classification.map((of) => of.corrected))).toBe(500)
  const { run, steps } = await getLatency(db, userId, year)
  expect([run.count, steps[0]?.count]).toEqual([10_000, 10_000])
  expect(sumOf((await getTools(db, userId, year)).tools.map(({ calls }) => calls))).toBe(10_000)
  expect((await countQuestions(db, userId, year)).total).toMatchObject({ calls: 10_000, cost: 10 })
  const { charged } = await getCharges(db, userId, year, month.to.slice(0, 10))
  expect(charged.tokens).toBe(401_000)
  const counts = [...(await countByTime(db, userId, year, starts)).values()]
  expect(sumOf(counts.map((of) => of.mails))).toBe(10_000)
  expect(sumOf(counts.map((of) => of.sent))).toBe(5_000)
})

test('the figures of 10,000 mails are there in no time', async () => {
  for (const [name, read] of reads) {
    for (const range of [month, year]) {
      const start = performance.now()
      await read(db, range)
      const ms = Math.round(performance.now() - start)
      // oxlint-disable-next-line no-console -- a figure to watch
      console.info(`${name} of ${range === month ? 30 : 400} days: ${ms} ms`)
      expect(ms).toBeLessThan(10_000)
    }
  }
})
