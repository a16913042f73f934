import { randomUUID } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { openDatabase, type DatabaseConfig } from '../../../server/db/engine/connection.ts'
import { insertEmail } from '../../../server/db/emails/store.ts'
import { migrateToLatest } from '../../../server/db/engine/migrate.ts'
import { reportError } from '../../support/migrate-all.ts'
import type { Batch, WriterNews } from './database.ts'

// In a thread of its own, since the embedded database computes in the thread it lives in.
const port = parentPort
const tell = (news: WriterNews) => port?.postMessage(news)
const { db } = await openDatabase(workerData as DatabaseConfig, reportError)
await migrateToLatest(db)
const [userId, mailboxId] = [randomUUID(), randomUUID()]
await db
  .insertInto('users')
  .values({ id: userId, email: `${userId}@studio.example` })
  .execute()
await db
  .insertInto('mailboxes')
  .values({
    userId,
    id: mailboxId,
    googleSubject: mailboxId,
    address: 'me@studio.example',
    scopes: [],
    status: 'active',
  })
  .execute()
port?.on('message', (batch: Batch) => void write(batch))
tell({ refused: [] })

/** All in one transaction; each alone when that is refused, to learn which. */
async function write(batch: Batch): Promise<void> {
  try {
    await db.transaction().execute(async (trx) => {
      for (const { reading } of batch) await insertEmail(trx, userId, rowOf(reading))
    })
    tell({ refused: [] })
  } catch {
    const refused: string[] = []
    for (const { name, reading } of batch) {
      await insertEmail(db, userId, rowOf(reading)).catch((error: unknown) => refused.push(`${name}: ${String(error)}`))
    }
    tell({ refused })
  }
}

function rowOf({ mail, problem }: Batch[number]['reading']) {
  const where = { mailboxId, gmailId: randomUUID(), threadId: randomUUID(), direction: 'in', labels: [] } as const
  return { ...mail, ...where, receivedAt: new Date(), snippet: '', problem }
}
