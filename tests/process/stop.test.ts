// Slow: servers are processes of their own, each with an embedded database to open.
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { startPgBoss } from '../../server/adapters/pg-boss/queue.ts'
import type { Database } from '../../server/db/engine/connection.ts'
import { insertRun } from '../../server/db/runs/runs.ts'
import { createLogger } from '../../server/logger.ts'
import { startModelServer } from '../support/model-server.ts'
import { newEmailRow, newOwnerRow } from '../support/rows.ts'
import { newServerDatabase, startServer } from '../support/server-process.ts'

/** A mail whose run is queued. */
async function queueRun({ db, pglite }: Database, url: string | null): Promise<{ userId: string; traceId: string }> {
  const logger = createLogger({ level: 'silent', pretty: false })
  await using queue = await startPgBoss(pglite ? { pglite } : { url: url ?? '' }, {
    db,
    logger,
    canWork: false,
    stopping: new AbortController().signal,
  })
  const owner = await newOwnerRow(db)
  const emailId = await newEmailRow(db, owner)
  const traceId = crypto.randomUUID()
  const { userId } = owner
  await db.transaction().execute(async (trx) => {
    await insertRun(trx, userId, { id: traceId, emailId, scope: 'full', createdAt: new Date().toISOString() })
    await queue.enqueue(trx, 'process-email', { userId, traceId })
  })
  return { userId, traceId }
}

/** A request whose headers have arrived and whose body has not; `finish` sends it and answers what came back. */
async function startRequest(port: number) {
  const body = JSON.stringify({ email: 'nobody@studio.example', password: 'correct horse battery' })
  const socket = connect(port, '127.0.0.1')
  const answer = text(socket)
  socket.write(
    [
      'POST /trpc/auth.login HTTP/1.1',
      'Host: localhost',
      'Content-Type: application/json',
      'Expect: 100-continue',
      `Content-Length: ${body.length}`,
      '',
      '',
    ].join('\r\n'),
  )
  await once(socket, 'data')
  return {
    finish() {
      socket.write(body)
      return answer
    },
  }
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s ends the process in time: the running request is answered, the running job comes again',
  async (signal) => {
    await using database = await newServerDatabase()
    let run: Awaited<ReturnType<typeof queueRun>>
    {
      await using open = await database.open()
      run = await queueRun(open, database.url)
    }
    const asked = Promise.withResolvers<void>()
    await using gemini = await startModelServer(() => asked.resolve())
    const model = { MODEL_PROVIDER: 'gemini', GEMINI_API_KEY: 'key', GEMINI_BASE_URL: gemini.baseUrl }
    await using server = await startServer({ ...database.env, ...model })
    await asked.promise
    const request = await startRequest(server.port)

    server.kill(signal)
    await server.printed('stopping')
    expect(await request.finish()).toMatch(/HTTP\/1\.1 401 Unauthorized/)
    expect(await server.ended).toEqual({ code: 0, signal: null })
    expect(server.output()).not.toContain('did not stop in time')
    // Nothing was waited for until it is cut.
    expect(server.output()).not.toContain('connections were cut')

    await using after = await database.open()
    const { rows } = await sql<{ state: string }>`
      select state from pgboss.job where name = 'process-email'`.execute(after.db)
    expect(rows).toEqual([{ state: 'retry' }])
    const trace = await after.db
      .selectFrom('traces')
      .where('userId', '=', run.userId)
      .where('id', '=', run.traceId)
      .select(['status', 'leaseUntil'])
      .executeTakeFirstOrThrow()
    expect(trace.status).toBe('running')
    expect(trace.leaseUntil).toBeNull()
  },
)
