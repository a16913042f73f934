import { randomUUID } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import type { Reason } from '../../../shared-types/index.ts'
import { type Claim, takenOver } from '../../lease.ts'
import { jsonText } from '../engine/json.ts'
import { isFree, leaseOf } from '../engine/lease.ts'
import type { DB, Outbox } from '../engine/schema.ts'

export type SendState = Outbox['state']

export interface NewSend {
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
export function insertSend(trx: Kysely<DB>, userId: string, send: NewSend) {
  return trx
    .insertInto('outbox')
    .values({ userId, id: randomUUID(), purpose: 'reply', state: 'READY', ...send })
    .returning('id')
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

/** Takes back the send of a mail that no worker has begun; undefined when there is none. */
export function cancelReadyOfMail(trx: Kysely<DB>, userId: string, emailId: string, settledAt: string) {
  return trx
    .updateTable('outbox')
    .set({ state: 'CANCELLED', settledAt })
    .where('userId', '=', userId)
    .where('emailId', '=', emailId)
    .where('state', '=', 'READY')
    .returning(['id', 'draftId'])
    .executeTakeFirst()
}

/** A live send of this mail in one of `states`. */
export function findLiveSend(db: Kysely<DB>, userId: string, emailId: string, states: readonly SendState[]) {
  return db
    .selectFrom('outbox')
    .where('userId', '=', userId)
    .where('emailId', '=', emailId)
    .where('state', 'in', states)
    .select(['id', 'state'])
    .executeTakeFirst()
}

/** Takes a send that is due, epoch + 1; undefined when it is not due, settled or held by another worker. */
export function claimSend(db: Kysely<DB>, userId: string, outboxId: string, claim: Claim) {
  const { now } = claim
  return db
    .updateTable('outbox')
    .set({ ...leaseOf(claim), epoch: sql`epoch + 1`, triedAt: now, retryAt: null })
    .where('userId', '=', userId)
    .where('id', '=', outboxId)
    .where('state', 'in', ['READY', 'SENDING', 'UNKNOWN'])
    .where('notBefore', '<=', now)
    .where((eb) => eb.or([eb('retryAt', 'is', null), eb('retryAt', '<=', now)]))
    .where((eb) => isFree(eb, claim))
    .returning(['id', 'draftId', 'draftVersion', 'emailId', 'mailboxId', 'contentHash', 'state', 'epoch'])
    .returning(['origin', 'notBefore', 'gmailDraftId', 'sendingSince'])
    .executeTakeFirst()
}
export type ClaimedSend = NonNullable<Awaited<ReturnType<typeof claimSend>>>

export function findSend(db: Kysely<DB>, userId: string, outboxId: string) {
  return db
    .selectFrom('outbox')
    .where('userId', '=', userId)
    .where('id', '=', outboxId)
    .select(['id', 'mailboxId', 'state', 'gmailDraftId', 'gmailMessageId', 'retryAt', 'leaseUntil', 'notBefore'])
    .executeTakeFirst()
}

export interface SendChanges {
  readonly state?: SendState
  readonly gmailDraftId?: string | null
  readonly gmailMessageId?: string
  readonly sendingSince?: string
  readonly settledAt?: string
  readonly leaseUntil?: string | null
  /** Nobody takes the send before; null: at once, or for an UNKNOWN one never again. */
  readonly retryAt?: string | null
  /** What went wrong last, for the operator. */
  readonly error?: string
  /** What the owner reads with the draft. */
  readonly reasons?: readonly Reason[]
}

/**
 * Fenced by the epoch of the claim and by the states it may be in: HeldError when somebody else owns it by now. Answers
 * its Gmail draft.
 */
export async function updateSend(
  db: Kysely<DB>,
  userId: string,
  { id, epoch }: { id: string; epoch: number },
  from: readonly SendState[],
  { reasons, ...changes }: SendChanges,
) {
  const row = await db
    .updateTable('outbox')
    .set({ ...changes, ...(reasons ? { reasons: jsonText(reasons) } : {}) })
    .where('userId', '=', userId)
    .where('id', '=', id)
    .where('epoch', '=', epoch)
    .where('state', 'in', from)
    .returning('gmailDraftId')
    .executeTakeFirst()
  if (!row) throw takenOver('this send')
  return row.gmailDraftId
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
export function makeRecheckDue(trx: Kysely<DB>, userId: string, emailId: string, now: string) {
  return trx
    .updateTable('outbox')
    .set({ retryAt: now })
    .where('userId', '=', userId)
    .where('emailId', '=', emailId)
    .where('state', '=', 'UNKNOWN')
    .returning('id')
    .executeTakeFirst()
}

/** The send a Gmail draft says it belongs to, with the text that was approved for it. */
export function findSendOfGmailDraft(
  db: Kysely<DB>,
  userId: string,
  { mailboxId, outboxId }: { mailboxId: string; outboxId: string },
) {
  return db
    .selectFrom('outbox')
    .innerJoin('draftVersions', (join) =>
      join
        .onRef('draftVersions.userId', '=', 'outbox.userId')
        .onRef('draftVersions.draftId', '=', 'outbox.draftId')
        .onRef('draftVersions.version', '=', 'outbox.draftVersion'),
    )
    .where('outbox.userId', '=', userId)
    .where('outbox.id', '=', outboxId)
    .where('outbox.mailboxId', '=', mailboxId)
    .select(['outbox.id', 'outbox.state', 'outbox.origin', 'outbox.gmailDraftId'])
    .select(['outbox.draftId', 'outbox.draftVersion', 'draftVersions.body'])
    .executeTakeFirst()
}
