import type { Kysely } from 'kysely'
import type { DB } from '../engine/schema.ts'
import { selectQuarantined } from '../mailboxes/quarantine.ts'

/** How much of each kind only its owner can settle. */
export interface ForOwner {
  readonly drafts: number
  readonly unknownSends: number
  /** To be connected anew. */
  readonly mailboxes: number
  readonly quarantined: number
}

export function countForOwner(db: Kysely<DB>, userId: string): Promise<ForOwner> {
  return db
    .selectNoFrom(({ selectFrom, fn }) => {
      const count = fn.countAll<number>().as('count')
      return [
        selectFrom('drafts')
          .where('userId', '=', userId)
          .where('status', '=', 'pending')
          .select(count)
          .$asScalar()
          .$notNull()
          .as('drafts'),
        selectFrom('outbox')
          .where('userId', '=', userId)
          .where('state', '=', 'UNKNOWN')
          .select(count)
          .$asScalar()
          .$notNull()
          .as('unknownSends'),
        selectFrom('mailboxes')
          .where('userId', '=', userId)
          .where('status', '=', 'needs_reauth')
          .select(count)
          .$asScalar()
          .$notNull()
          .as('mailboxes'),
        selectQuarantined(db, userId).select(count).$asScalar().$notNull().as('quarantined'),
      ]
    })
    .executeTakeFirstOrThrow()
}
