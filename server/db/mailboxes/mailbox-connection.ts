import type { Kysely } from 'kysely'
import type { DB } from '../engine/schema.ts'

export function findMailboxBySubject(db: Kysely<DB>, userId: string, googleSubject: string) {
  return db
    .selectFrom('mailboxes')
    .where('userId', '=', userId)
    .where('googleSubject', '=', googleSubject)
    .select('id')
    .executeTakeFirst()
}

export interface ConnectedMailbox {
  readonly id: string
  readonly googleSubject: string
  readonly address: string
  readonly scopes: string[]
  readonly accessToken: Buffer
  readonly refreshToken: Buffer
  readonly tokenExpiresAt: string
}

/** A new mailbox, or the same one with new tokens: cursor and mail stay, errors are over, the watch begins anew. */
export async function upsertConnectedMailbox(db: Kysely<DB>, userId: string, mailbox: ConnectedMailbox) {
  const { id, googleSubject, ...renewed } = mailbox
  const nothingWrong = { lastError: null, retryAt: null, failures: 0, tokenRefusals: 0 }
  const state = { ...renewed, ...nothingWrong, status: 'active', watchExpiresAt: null, watchRetryAt: null } as const
  await db
    .insertInto('mailboxes')
    .values({ userId, id, googleSubject, ...state })
    .onConflict((conflict) => conflict.columns(['userId', 'id']).doUpdateSet(state))
    .execute()
  await db
    .updateTable('googleIdentities')
    .set({ mailboxId: id })
    .where('userId', '=', userId)
    .where('subject', '=', googleSubject)
    .execute()
}

/** The active mailboxes of a Google address. Asked before an owner is known, so it answers whose they are, no more. */
export function activeMailboxesOf(db: Kysely<DB>, address: string) {
  return db
    .selectFrom('googleIdentities as identity')
    .innerJoin('mailboxes', (join) =>
      join.onRef('mailboxes.userId', '=', 'identity.userId').onRef('mailboxes.id', '=', 'identity.mailboxId'),
    )
    .where('identity.address', '=', address)
    .where('mailboxes.status', '=', 'active')
    .select(['mailboxes.userId', 'mailboxes.id as mailboxId'])
    .execute()
}
