import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { failing } from '../support/gemini-server.ts'
import { hang, json, startModelServer } from '../support/model-server.ts'
import { newMailboxRow, newOwnerRow } from '../support/rows.ts'
import { newServerDatabase } from '../support/server-process.ts'
import { newSettings, runScript } from './script.ts'

const base = 'https://www.googleapis.com/auth'

test('each mailbox is told without its whole address, and what stands in its way', async () => {
  using settings = newSettings()
  await using database = await newServerDatabase()
  {
    await using opened = await database.open()
    const { db } = opened
    const { userId, mailboxId } = await newOwnerRow(db)
    const change = (id: string, set: object) => db.updateTable('mailboxes').set(set).where('id', '=', id).execute()
    const scopes = [`${base}/gmail.readonly`, `${base}/gmail.compose`]
    await change(mailboxId, { address: 'mara@a.example', scopes, lastSyncAt: sql`now() - interval '3 minutes'` })
    const add = async (address: string, set: object) => {
      await change(await newMailboxRow(db, userId, address), { scopes, ...set })
    }
    await add('gone@b.example', { status: 'needs_reauth' })
    await add('half@c.example', { scopes: [`${base}/gmail.readonly`] })
    await add('late@d.example', { lastSyncAt: sql`now() - interval '3 days'` })
    await add('fails@e.example', { failures: 4, lastError: 'Gmail is not available.' })
    await add('gone@f.example', { status: 'disconnected' })
  }
  const { code, lines } = await runScript('doctor', { env: { ...settings.env, ...database.env } })
  expect(lines.filter((line) => /^\w+ +mailbox/.test(line)).toSorted()).toEqual([
    'ok       mailbox        ma…@a.example: read 3 minutes ago, without the calendar',
    'problem  mailbox        go…@b.example: Google takes the permission no more',
    'problem  mailbox        ha…@c.example: not allowed to read mail and write drafts',
    'warning  mailbox        fa…@e.example: never read so far, without the calendar; the last try failed: Gmail is not available.',
    'warning  mailbox        la…@d.example: read 3 days ago, without the calendar',
  ])
  expect(code).toBe(1)
})

test('jobs that failed for good are told by their kind, and how long the oldest waits', async () => {
  using settings = newSettings()
  await using database = await newServerDatabase()
  {
    await using opened = await database.open()
    await sql`
      insert into pgboss.job (name, source_name, start_after) values ('dead-letter', 'sync-mailbox', now()),
        ('dead-letter', 'sync-mailbox', now()), ('dead-letter', 'process-email', now()),
        ('process-email', null, now() - interval '20 minutes')`.execute(opened.db)
  }
  const { code, lines } = await runScript('doctor', { env: { ...settings.env, ...database.env } })
  expect(lines.filter((line) => /^\w+ +queue/.test(line))).toEqual([
    'warning  queue          failed for good: 2 sync-mailbox, 1 process-email',
    'warning  queue          the oldest job that is due, process-email, waits for 20 minutes',
  ])
  expect(code).toBe(0)
})

const answer = {
  candidates: [{ content: { role: 'model', parts: [{ text: '{"ok":true}' }] }, finishReason: 'STOP', index: 0 }],
}
test.each([
  ['answers', json(answer), 'ok       Gemini         gemini-3.5-flash-lite answers'],
  [
    'refuses the key',
    failing(400, 'INVALID_ARGUMENT'),
    'problem  Gemini         Gemini rejected the request (400). made to fail',
  ],
  [
    'does not know the model',
    failing(404, 'NOT_FOUND'),
    'problem  Gemini         there is no model gemini-3.5-flash-lite',
  ],
  [
    'has no quota left',
    failing(429, 'RESOURCE_EXHAUSTED'),
    'warning  Gemini         gemini-3.5-flash-lite: Gemini asks to slow down.',
  ],
  ['is silent', hang, 'warning  Gemini         gemini-3.5-flash-lite: Gemini did not answer in time.'],
])('a key with which Gemini %s', async (_what, behaviour, line) => {
  using settings = newSettings()
  await using gemini = await startModelServer(behaviour)
  const nowhere = 'postgresql://postgres@127.0.0.1:1/reasonflow'
  const env = { ...settings.env, GEMINI_API_KEY: 'key', GEMINI_BASE_URL: gemini.baseUrl, DATABASE_URL: nowhere }
  const { lines } = await runScript('doctor', { env })
  expect(lines).toContain(line)
  expect(gemini.requests).toHaveLength(1)
})
