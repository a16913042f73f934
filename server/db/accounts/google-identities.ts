import type { Kysely } from 'kysely'
import type { DB } from '../engine/schema.ts'

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
