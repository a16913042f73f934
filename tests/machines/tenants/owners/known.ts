import { randomUUID } from 'node:crypto'
import { type Kysely, type Selectable, sql } from 'kysely'
import type { DB } from '../../../../server/db/engine/schema.ts'
import { nobodysIds, type NamedIds } from '../../../support/procedure-inputs.ts'

/** What the plays name: rows of the one owner whom all others are copies of. */
export type Known = Awaited<ReturnType<typeof lookUp>>

const person = 'ada@engine.example'
const further = 'countess@home.example'

/** Adds what the owner's days have not left behind. */
export async function addTheRest(db: Kysely<DB>, userId: string, { emailId, soon }: NamedIds): Promise<void> {
  const now = new Date().toISOString()
  const day = now.slice(0, 10)
  await db.insertInto('searchRefills').values({ userId }).execute()
  await db.insertInto('spend').values({ userId, day, reservedCost: '5', reservedTokens: 50 }).execute()
  await db
    .insertInto('spendReservations')
    .values({ userId, id: randomUUID(), day, emailId, cost: '1', tokens: 10, lapsesAt: soon })
    .execute()
  await db
    .insertInto('passwordResets')
    .values({ userId, id: randomUUID(), tokenHash: Buffer.alloc(32, 7), createdAt: now, expiresAt: soon })
    .execute()
  const first = await rowOf(db, 'refreshTokens', userId)
  await db
    .insertInto('refreshTokens')
    .values({ ...first, id: randomUUID(), parentId: first.id, tokenHash: Buffer.alloc(32, 8) })
    .execute()
  await db
    .updateTable('refreshTokens')
    .set({ usedAt: now })
    .where('userId', '=', userId)
    .where('id', '=', first.id)
    .execute()
  const { id: contactId } = await contactOf(db, userId)
  await db.insertInto('contactAddresses').values({ userId, contactId, address: further }).execute()
  await sql`update mail_spend set reserved_cost = 5, reserved_tokens = 50 where user_id = ${userId}`.execute(db)
}

export async function lookUp(db: Kysely<DB>, userId: string, ids: NamedIds) {
  const now = new Date()
  const mails = await db.selectFrom('emails').where('userId', '=', userId).selectAll().execute()
  const drafts = await db.selectFrom('drafts').where('userId', '=', userId).selectAll().execute()
  const tokens = await db.selectFrom('refreshTokens').where('userId', '=', userId).selectAll().execute()
  return {
    userId,
    ids,
    nobody: nobodysIds(now),
    /** Whose draft waits for the owner. */
    mail: the(mails.find(({ id }) => id === ids.emailId)),
    /** A correspondent of all of them, with one more address. */
    person,
    further,
    contact: await contactOf(db, userId),
    draft: the(drafts.find(({ id }) => id === ids.draftId)),
    /** Whose reply went out, in the owner's own words. */
    sentMail: the(mails.find(({ id }) => id !== ids.emailId)),
    sentDraft: the(drafts.find(({ id }) => id !== ids.draftId)),
    send: await rowOf(db, 'outbox', userId),
    mailbox: await rowOf(db, 'mailboxes', userId),
    user: await db.selectFrom('users').where('id', '=', userId).selectAll().executeTakeFirstOrThrow(),
    template: await rowOf(db, 'templates', userId),
    vector: await rowOf(db, 'embeddings', userId),
    listing: await rowOf(db, 'resyncListings', userId),
    quarantined: await rowOf(db, 'quarantinedMessages', userId),
    personalToken: await rowOf(db, 'personalTokens', userId),
    reset: await rowOf(db, 'passwordResets', userId),
    reservation: await rowOf(db, 'spendReservations', userId),
    hold: await rowOf(db, 'slotHolds', userId),
    usedToken: the(tokens.find(({ usedAt }) => usedAt !== null)),
    token: the(tokens.find(({ usedAt }) => usedAt === null)),
    agentVersion: the(drafts[0]).agentVersion ?? '',
    day: now.toISOString().slice(0, 10),
    now: now.toISOString(),
    moment: now,
    longAgo: '2020-01-01T00:00:00.000Z',
    farOff: '2040-01-01T00:00:00.000Z',
    claim: { holder: randomUUID(), now: '2040-01-01T00:00:00.000Z', until: '2040-01-01T00:01:00.000Z' },
    newId: randomUUID(),
    /** Only the first owner's rows, so that the others' are not alike. */
    ofFirst: `user_id = '${userId}'`,
    ofOthers: `user_id <> '${userId}'`,
    /** Both mails become mails of one person in one thread. */
    inOneThread: `update emails set thread_id = '${ids.threadId}', from_address = 'ada@engine.example';
      update email_participants set address = 'ada@engine.example' where role = 'from'`,
  }
}

function contactOf(db: Kysely<DB>, userId: string) {
  return db
    .selectFrom('contacts')
    .where('userId', '=', userId)
    .where('address', '=', person)
    .selectAll()
    .executeTakeFirstOrThrow()
}

async function rowOf<T extends keyof DB>(db: Kysely<DB>, table: T, userId: string): Promise<Selectable<DB[T]>> {
  const { rows } = await sql<Selectable<DB[T]>>`
    select * from ${sql.table(table)} where user_id = ${userId} limit 1`.execute(db)
  return the(rows[0])
}

function the<T>(found: T | undefined): T {
  if (found === undefined) throw new Error('the owner has no such row')
  return found
}
