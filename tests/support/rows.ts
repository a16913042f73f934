import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import { afterAll } from 'vitest'
import { openDatabase } from '../../server/db/engine/connection.ts'
import { insertEmail, type NewEmail } from '../../server/db/emails/store.ts'
import type { DB } from '../../server/db/engine/schema.ts'
import { reportError } from './migrate-all.ts'
import { borrowDatabase, newTestDatabase } from './test-database.ts'

/** An open, migrated database of this test file, given back after its tests. */
export async function openTestDatabase() {
  const database = await borrowDatabase()
  afterAll(() => database[Symbol.asyncDispose]())
  return database
}

/** The same, and nobody had it before: for plans, which follow from what earlier rows left in tables and indexes. */
export async function openNewDatabase() {
  await using stack = new AsyncDisposableStack()
  const { config } = stack.use(await newTestDatabase())
  const database = stack.use(await openDatabase(config, reportError))
  const owned = stack.move()
  afterAll(() => owned.disposeAsync())
  return database
}

/** An owner with settings and one mailbox, as rows and nothing more. */
export async function newOwnerRow(db: Kysely<DB>): Promise<{ userId: string; mailboxId: string; address: string }> {
  const userId = randomUUID()
  const address = `${userId}@studio.example`
  await db.insertInto('users').values({ id: userId, email: address }).execute()
  await db.insertInto('settings').values({ userId }).execute()
  return { userId, mailboxId: await newMailboxRow(db, userId, address), address }
}

export async function newMailboxRow(db: Kysely<DB>, userId: string, address = 'second@studio.example') {
  const id = randomUUID()
  await db
    .insertInto('mailboxes')
    .values({ userId, id, googleSubject: id, address, scopes: [], status: 'active' })
    .execute()
  return id
}

const person = { name: 'Ada Byron', address: 'ada@engine.example' }

/** A stored mail, through the product's own insert; what a test does not name is ordinary. */
export async function newEmailRow(
  db: Kysely<DB>,
  { userId, mailboxId, address }: { userId: string; mailboxId: string; address?: string },
  email: Partial<NewEmail> = {},
): Promise<string> {
  const owner = { name: 'Mara', address: address ?? `${userId}@studio.example` }
  const isOwn = email.direction === 'out'
  const text = email.text ?? 'Hello'
  const id = await insertEmail(db, userId, {
    mailboxId,
    gmailId: randomUUID(),
    threadId: randomUUID(),
    direction: 'in',
    receivedAt: new Date(),
    snippet: '',
    labels: [],
    problem: null,
    messageId: null,
    inReplyTo: null,
    references: [],
    subject: 'Hello',
    from: isOwn ? owner : person,
    to: [isOwn ? person : owner],
    cc: [],
    bcc: [],
    replyTo: [],
    text,
    freshText: text,
    html: null,
    headers: {},
    attachments: [],
    flags: [],
    calendar: null,
    report: null,
    ...email,
  })
  if (!id) throw new Error('this mail was there already')
  return id
}

/** A draft that waits for review, with the finished run it came from. */
export async function newDraftRow(
  db: Kysely<DB>,
  userId: string,
  { emailId, createdAt = new Date().toISOString() }: { emailId: string; createdAt?: string },
) {
  const id = randomUUID()
  const traceId = await newTraceRow(db, userId, { emailId, createdAt })
  const draft = { userId, id, emailId, traceId, subject: 'Re: Hello', body: 'Dear Ada', createdAt }
  const lists = { toAddresses: JSON.stringify([person]), openQuestions: '[]', sources: '[]', reasons: '[]' }
  await db
    .insertInto('drafts')
    .values({ ...draft, ...lists, status: 'pending', confidence: 0.5 })
    .execute()
  return { id, traceId }
}

export async function newTraceRow(
  db: Kysely<DB>,
  userId: string,
  { emailId, createdAt }: { emailId: string; createdAt: string },
): Promise<string> {
  const id = randomUUID()
  await db.insertInto('traces').values({ userId, id, emailId, scope: 'full', status: 'completed', createdAt }).execute()
  return id
}
