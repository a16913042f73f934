import { randomUUID } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import type { DB, Outbox } from './schema.ts'

export type OutboxState = Outbox['state']

export interface NewOutboxEntry {
  readonly draftId: string
  readonly draftVersion: number
  readonly emailId: string
  readonly mailboxId: string
  readonly contentHash: Buffer
  readonly notBefore: string
  readonly createdAt: string
}

/** The record of intent: nothing goes out without one, and a mail has at most one live one. */
export function insertOutboxEntry(trx: Kysely<DB>, userId: string, entry: NewOutboxEntry) {
  return trx
    .insertInto('outbox')
    .values({ userId, id: randomUUID(), purpose: 'reply', state: 'READY', ...entry })
    .returning(['id', 'notBefore'])
    .executeTakeFirstOrThrow()
}

/** Undo: only what no worker has begun to send can be taken back. */
export function cancelReady(trx: Kysely<DB>, userId: string, draftId: string, settledAt: string) {
  return trx
    .updateTable('outbox')
    .set({ state: 'CANCELLED', settledAt })
    .where('userId', '=', userId)
    .where('draftId', '=', draftId)
    .where('state', '=', 'READY')
    .returning(['id', 'gmailDraftId', 'mailboxId'])
    .executeTakeFirst()
}

/** A live send of this mail in one of `states`. */
export function findLiveSend(db: Kysely<DB>, userId: string, emailId: string, states: readonly OutboxState[]) {
  return db
    .selectFrom('outbox')
    .where('userId', '=', userId)
    .where('emailId', '=', emailId)
    .where('state', 'in', states)
    .select(['id', 'state'])
    .executeTakeFirst()
}

/** Takes a due entry for one worker, epoch + 1; undefined when it is not due, settled or held by another. */
export function claimEntry(
  db: Kysely<DB>,
  userId: string,
  outboxId: string,
  { now, until }: { now: string; until: string },
) {
  return db
    .updateTable('outbox')
    .set({ epoch: sql`epoch + 1`, leaseUntil: until })
    .where('userId', '=', userId)
    .where('id', '=', outboxId)
    .where('state', 'in', ['READY', 'SENDING'])
    .where('notBefore', '<=', now)
    .where((eb) => eb.or([eb('leaseUntil', 'is', null), eb('leaseUntil', '<', now)]))
    .returning(['id', 'draftId', 'draftVersion', 'emailId', 'mailboxId', 'contentHash', 'state', 'epoch'])
    .returning(['gmailDraftId', 'sendingSince'])
    .executeTakeFirst()
}
export type ClaimedEntry = NonNullable<Awaited<ReturnType<typeof claimEntry>>>

export function findEntry(db: Kysely<DB>, userId: string, outboxId: string) {
  return db
    .selectFrom('outbox')
    .where('userId', '=', userId)
    .where('id', '=', outboxId)
    .select(['id', 'mailboxId', 'state', 'gmailDraftId'])
    .executeTakeFirst()
}

/** Fenced by the epoch of the claim and by the states it may be in; undefined means somebody else owns it by now. */
export function moveEntry(
  db: Kysely<DB>,
  userId: string,
  { id, epoch }: { id: string; epoch: number },
  from: readonly OutboxState[],
  changes: {
    state?: OutboxState
    gmailDraftId?: string
    sendingSince?: string
    gmailMessageId?: string
    error?: string
    settledAt?: string
    leaseUntil?: string | null
  },
) {
  return db
    .updateTable('outbox')
    .set(changes)
    .where('userId', '=', userId)
    .where('id', '=', id)
    .where('epoch', '=', epoch)
    .where('state', 'in', from)
    .returning('id')
    .executeTakeFirst()
}

/** READY -> SENDING, asking in the same statement what may have changed since the approval. */
export function beginSending(
  trx: Kysely<DB>,
  userId: string,
  { id, epoch, contentHash }: { id: string; epoch: number; contentHash: Buffer },
  sendingSince: string,
) {
  return trx
    .updateTable('outbox')
    .set({ state: 'SENDING', sendingSince })
    .where('userId', '=', userId)
    .where('id', '=', id)
    .where('epoch', '=', epoch)
    .where('state', '=', 'READY')
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('drafts')
          .innerJoin('draftVersions', (join) =>
            join
              .onRef('draftVersions.userId', '=', 'drafts.userId')
              .onRef('draftVersions.draftId', '=', 'drafts.id')
              .onRef('draftVersions.version', '=', 'drafts.version'),
          )
          .whereRef('drafts.userId', '=', 'outbox.userId')
          .whereRef('drafts.id', '=', 'outbox.draftId')
          .whereRef('drafts.version', '=', 'outbox.draftVersion')
          .where('drafts.status', '=', 'approved')
          .where('draftVersions.contentHash', '=', contentHash)
          .select(sql`1`.as('one')),
      ),
    )
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('mailboxes')
          .whereRef('mailboxes.userId', '=', 'outbox.userId')
          .whereRef('mailboxes.id', '=', 'outbox.mailboxId')
          .where('mailboxes.status', '=', 'active')
          .select(sql`1`.as('one')),
      ),
    )
    .returning('id')
    .executeTakeFirst()
}

/** What the reply is made of: the mail it answers and the approved text. */
export function loadReply(
  db: Kysely<DB>,
  userId: string,
  { draftId, draftVersion }: { draftId: string; draftVersion: number },
) {
  return db
    .selectFrom('drafts')
    .innerJoin('draftVersions', (join) =>
      join.onRef('draftVersions.userId', '=', 'drafts.userId').onRef('draftVersions.draftId', '=', 'drafts.id'),
    )
    .innerJoin('emails', (join) =>
      join.onRef('emails.userId', '=', 'drafts.userId').onRef('emails.id', '=', 'drafts.emailId'),
    )
    .innerJoin('mailboxes', (join) =>
      join.onRef('mailboxes.userId', '=', 'emails.userId').onRef('mailboxes.id', '=', 'emails.mailboxId'),
    )
    .where('drafts.userId', '=', userId)
    .where('drafts.id', '=', draftId)
    .where('draftVersions.version', '=', draftVersion)
    .select(['drafts.subject', 'drafts.toAddresses', 'drafts.body', 'draftVersions.contentHash as versionHash'])
    .select(['emails.threadId', 'emails.messageId'])
    .select(['emails.referenceIds', 'mailboxes.address', 'mailboxes.displayName'])
    .executeTakeFirst()
}
