import type { Kysely } from 'kysely'
import { findHubspotKey, hubspotKeyPlace } from '../db/accounts/hubspot-keys.ts'
import { firstUsers } from '../db/accounts/users.ts'
import type { DB } from '../db/engine/schema.ts'
import type { Sealer } from '../ports.ts'
import type { HubspotKeys } from './hubspot.ts'

interface HubspotKeysContext {
  readonly db: Kysely<DB>
  readonly sealer: Sealer
  /** The operator's own. */
  readonly serverKey: string | null
}

/** The owner's own key; that of the server serves them only while nobody else is there. */
export function createPgHubspotKeys({ db, sealer, serverKey }: HubspotKeysContext): HubspotKeys {
  return {
    async get(userId) {
      const sealed = await findHubspotKey(db, userId)
      if (sealed) return sealer.open(sealed, hubspotKeyPlace(userId))
      if (serverKey === null) return null
      const [only, another] = await firstUsers(db, 2)
      return only === userId && another === undefined ? serverKey : null
    },
  }
}
