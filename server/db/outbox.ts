import { randomUUID } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import type { Reason } from '../../shared-types/index.ts'
import { jsonText } from './json.ts'
import type { DB, Outbox } from './schema.ts'

export type OutboxState = Outbox['state']

export interface NewOutboxEntry {
  readonly draftId: string
  readonly draftVersion: number
  readonly emailId: string
  readonly mailboxId: string
  readonly contentHash: Buffer
  /** Who said that it may go out. */
  readonly origin: Outbox['origin']
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
    .set({ state: 'CANCELLED', reasons: '[]', settledAt })
    .where('userId', '=', userId)
    .where('draftId', '=', draftId)
    .where('state', '=', 'READY')
    .returning(['id', 'gmailDraftId', 'mailboxId', 'origin'])
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
    .set({ epoch: sql`epoch + 1`, leaseUntil: until, triedAt: now, retryAt: null })
    .where('userId', '=', userId)
    .where('id', '=', outboxId)
    .where('state', 'in', ['READY', 'SENDING', 'UNKNOWN'])
    .where('notBefore', '<=', now)
    .where((eb) => eb.or([eb('retryAt', 'is', null), eb('retryAt', '<=', now)]))
    .where((eb) => eb.or([eb('leaseUntil', 'is', null), eb('leaseUntil', '<', now)]))
    .returning(['id', 'draftId', 'draftVersion', 'emailId', 'mailboxId', 'contentHash', 'state', 'epoch'])
    .returning(['origin', 'notBefore', 'gmailDraftId', 'sendingSince'])
    .executeTakeFirst()
}
export type ClaimedEntry = NonNullable<Awaited<ReturnType<typeof claimEntry>>>

export function findEntry(db: Kysely<DB>, userId: string, outboxId: string) {
  return db
    .selectFrom('outbox')
    .where('userId', '=', userId)
    .where('id', '=', outboxId)
    .select(['id', 'mailboxId', 'state', 'gmailDraftId', 'gmailMessageId', 'retryAt', 'leaseUntil', 'notBefore'])
    .executeTakeFirst()
}

export interface EntryChanges {
  readonly state?: OutboxState
  readonly gmailDraftId?: string | null
  readonly gmailMessageId?: string
  readonly sendingSince?: string
  readonly settledAt?: string
  readonly leaseUntil?: string | null
  /** Nobody takes the entry before; null: at once, or for an UNKNOWN one never again. */
  readonly retryAt?: string | null
  /** What went wrong last, for the operator. */
  readonly error?: string
  /** What the owner reads with the draft. */
  readonly reasons?: readonly Reason[]
}

/** Fenced by the epoch of the claim and by the states it may be in; undefined means somebody else owns it by now. */
export function moveEntry(
  db: Kysely<DB>,
  userId: string,
  { id, epoch }: { id: string; epoch: number },
  from: readonly OutboxState[],
  { reasons, ...changes }: EntryChanges,
) {
  return db
    .updateTable('outbox')
    .set({ ...changes, ...(reasons ? { reasons: jsonText(reasons) } : {}) })
    .where('userId', '=', userId)
    .where('id', '=', id)
    .where('epoch', '=', epoch)
    .where('state', 'in', from)
    .returning(['id', 'gmailDraftId'])
    .executeTakeFirst()
}

/** The send of this draft in this version whose outcome is unknown. */
export function findUnknownSend(
  db: Kysely<DB>,
  userId: string,
  { draftId, version }: { draftId: string; version: number },
) {
  return db
    .selectFrom('outbox')
    .where('userId', '=', userId)
    .where('draftId', '=', draftId)
    .where('draftVersion', '=', version)
    .where('state', '=', 'UNKNOWN')
    .select(['id', 'mailboxId', 'gmailDraftId'])
    .executeTakeFirst()
}

/** The owner's own word on a send whose outcome is unknown; undefined when there is none any more. */
export function settleUnknown(
  trx: Kysely<DB>,
  userId: string,
  draftId: string,
  { state, settledAt }: { state: 'SENT' | 'NOT_SENT'; settledAt: string },
) {
  return trx
    .updateTable('outbox')
    .set({ state, reasons: '[]', settledAt, leaseUntil: null, retryAt: null })
    .where('userId', '=', userId)
    .where('draftId', '=', draftId)
    .where('state', '=', 'UNKNOWN')
    .returning(['id', 'gmailDraftId'])
    .executeTakeFirst()
}

/** An unknown reply to this mail is looked for at once: something has come into the thread. */
export function hastenRecheck(trx: Kysely<DB>, userId: string, emailId: string, now: string) {
  return trx
    .updateTable('outbox')
    .set({ retryAt: now })
    .where('userId', '=', userId)
    .where('emailId', '=', emailId)
    .where('state', '=', 'UNKNOWN')
    .returning('id')
    .executeTakeFirst()
}
