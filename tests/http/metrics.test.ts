import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { jobCatalog, type JobHandlers } from '../../server/jobs/catalog.ts'
import { registry } from '../../server/metrics.ts'
import { createTestApp } from '../support/app.ts'
import { openInbox } from '../support/connected-inbox.ts'
import { createScriptedModel } from '../support/scripted-model.ts'
import { approveNew, loseSend } from '../support/sending.ts'
import { answer, startTestServer } from './test-server.ts'

const model = createScriptedModel()
const price = { input: 1, output: 10 }
const ports = { ...model.ports, model: { ...model.ports.model, prices: { classify: price, generate: price } } }
const app = await createTestApp({ ports, config: { modelBudgetPerDay: 10 } })
afterAll(() => app[Symbol.asyncDispose]())

/** What a scraper reads, `name{labels}` to value. */
async function scrape(url?: string): Promise<Map<string, number>> {
  const { status, body } = await answer(`${url ?? (await app.url())}/metrics`, {})
  expect(status).toBe(200)
  const samples = (body as string).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    samples.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    }),
  )
}

/** The same when what was read last is ten seconds old. */
async function scrapeLater(): Promise<Map<string, number>> {
  app.clock.advance(10_000)
  return scrape()
}

test('the lag is that of the active mailbox that waits longest, beyond what its owner wants', async () => {
  const inbox = await openInbox(app, { syncFrequencyMinutes: 30 })
  const lags = async () => {
    const figures = await scrapeLater()
    return ['lag', 'overdue'].map((name) => Math.round(figures.get(`reasonflow_sync_${name}_seconds`) ?? -1))
  }
  app.clock.advance(3_590_000)
  expect(await lags()).toEqual([3_600, 1_800])
  await openInbox(app)
  expect(await lags()).toEqual([3_610, 1_810])
  await inbox.sync()
  expect((await lags())[1]).toBe(0)
  await app.db.updateTable('mailboxes').set({ status: 'disconnected' }).execute()
  expect(await lags()).toEqual([0, 0])
  await app.db.updateTable('mailboxes').set({ status: 'active' }).execute()
})

test('dead letters and the longest wait are told by job, and only by jobs of the catalogue', async () => {
  const names = [...(await scrapeLater()).keys()].filter((name) => name.startsWith('reasonflow_dead_letters'))
  expect(new Set(names.map((name) => /job="(.*)"/.exec(name)?.[1]))).toEqual(
    new Set([...Object.keys(jobCatalog), 'other']),
  )

  const payload = { userId: randomUUID(), mailboxId: randomUUID() }
  const enqueue = () => app.db.transaction().execute((trx) => app.ctx.jobs.enqueue(trx, 'renew-watch', payload))
  await enqueue()
  const failing: JobHandlers = { ...app.handlers, 'renew-watch': () => Promise.reject(new Error('on strike')) }
  while ((await app.drainDelayed(failing)) > 0);
  await enqueue()
  await sql`update pgboss.job set start_after = now() - interval '90 seconds'
    where name = 'renew-watch' and state = 'created'`.execute(app.db)
  const figures = await scrapeLater()
  expect(figures.get('reasonflow_dead_letters{job="renew-watch"}')).toBe(1)
  expect(figures.get('reasonflow_dead_letters{job="sync-mailbox"}')).toBe(0)
  expect(figures.get('reasonflow_oldest_due_job_seconds{job="renew-watch"}')).toBeGreaterThanOrEqual(90)
  expect(figures.get('reasonflow_oldest_due_job_seconds{job="sync-mailbox"}')).toBe(0)

  await sql`update pgboss.job set source_name = 'a-job-of-old' where source_name = 'renew-watch'`.execute(app.db)
  const later = await scrapeLater()
  expect(later.get('reasonflow_dead_letters{job="other"}')).toBe(1)
  expect([...later.keys()].join()).not.toContain('a-job-of-old')
  await sql`delete from pgboss.job`.execute(app.db)
})

test('sends of which nobody knows are counted while they are open, and each send by how it was settled', async () => {
  const before = await scrapeLater()
  expect(before.get('reasonflow_unknown_sends')).toBe(0)
  const inbox = await openInbox(app)
  const draft = await approveNew(inbox)
  await loseSend(app, inbox, draft)
  const figures = await scrapeLater()
  expect(figures.get('reasonflow_unknown_sends')).toBe(1)
  const settled = 'reasonflow_sends_total{state="unknown"}'
  expect(figures.get(settled)).toBe((before.get(settled) ?? 0) + 1)
  app.google.delaySentVisibility(0)
})

test('a run shows how long its steps and questions took, and what they cost', async () => {
  const before = await scrapeLater()
  const inbox = await openInbox(app)
  await inbox.newDraft()
  const after = await scrapeLater()
  const grown = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0)
  expect(grown('reasonflow_run_step_duration_seconds_count{step="generate",outcome="completed"}')).toBe(1)
  expect(grown('reasonflow_model_call_duration_seconds_count{task="generate",model="scripted",outcome="ok"}')).toBe(1)
  expect(grown('reasonflow_model_tokens_total{task="generate",model="scripted",direction="output"}')).toBe(10)
  expect(grown('reasonflow_model_cost_dollars_total{task="generate",model="scripted"}')).toBeCloseTo(0.001)
  // Of other models too, where other tests of this process have asked them.
  const embedded = [...after.keys()].filter((name) =>
    /call_duration_seconds_count\{task="embed".*outcome="ok"/.test(name),
  )
  expect(embedded.filter((name) => grown(name) > 0)).toHaveLength(1)
})

test('the budget of the day is told as a share, with the owners whose own is used up', async () => {
  await app.db.deleteFrom('systemSpend').execute()
  const day = new Date(app.clock.now().getTime() + 10_000).toISOString().slice(0, 10)
  await sql`insert into system_spend (day, settled_cost, reserved_cost) values (${day}, 2, 0.5),
    (${day}::date - 1, 9, 0)`.execute(app.db)
  const figures = await scrapeLater()
  expect(figures.get('reasonflow_model_budget_spent_ratio')).toBe(0.25)
  expect(figures.get('reasonflow_owners_out_of_budget')).toBe(0)

  const inbox = await openInbox(app, { dailyModelBudget: 0 })
  await app.deliver(inbox.owner)
  await inbox.sync()
  expect((await scrapeLater()).get('reasonflow_owners_out_of_budget')).toBe(1)
})

test('however often the metrics are read, the database is asked once in ten seconds', async () => {
  const unknown = (figures: Map<string, number>) => figures.get('reasonflow_unknown_sends')
  const known = unknown(await scrapeLater()) ?? 0
  await app.db.updateTable('outbox').where('state', '=', 'UNKNOWN').set({ state: 'NOT_SENT' }).execute()
  app.clock.advance(9_000)
  expect(unknown(await scrape())).toBe(known)
  app.clock.advance(1_000)
  expect(unknown(await scrape())).toBe(0)
})

test('figures that nobody can read are absent, and so is the share of a budget that is not set', async () => {
  await using server = await startTestServer()
  const figures = await scrape(server.url)
  expect(figures.get('reasonflow_figures_read')).toBe(1)
  expect(figures.has('reasonflow_model_budget_spent_ratio')).toBe(false)
  server.clock.advance(10_000)
  await server.closeDatabase()
  const blind = await scrape(server.url)
  expect(blind.get('reasonflow_figures_read')).toBe(0)
  for (const name of ['reasonflow_sync_lag_seconds', 'reasonflow_unknown_sends', 'reasonflow_owners_out_of_budget'])
    expect(blind.has(name)).toBe(false)
})

test('no label names an owner, a mailbox, a mail or an address', async () => {
  await scrapeLater()
  const labels = (await registry.getMetricsAsJSON()).flatMap(({ values }) =>
    values.flatMap(({ labels }) => Object.values(labels)),
  )
  expect(labels.length).toBeGreaterThan(50)
  expect(labels.map(String).filter((label) => /@|[0-9a-f]{8}-[0-9a-f]{4}/.test(label))).toEqual([])
})
