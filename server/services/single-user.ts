import type { Transaction } from 'kysely'
import type { AppContext } from '../context.ts'
import { firstUsers, lockRegistration } from '../db/accounts/users.ts'
import type { DB } from '../db/engine/schema.ts'
import { AppError, StartError } from '../errors.ts'

// HUBSPOT_API_KEY opens one person's contacts: whoever else had an account here would look into them.

/** SINGLE_USER where the server keeps to one and has them. Of several who register at once one is let in. */
export async function assertRoomForUser({ config }: Pick<AppContext, 'config'>, trx: Transaction<DB>): Promise<void> {
  if (config.crm.provider !== 'hubspot') return
  await lockRegistration(trx)
  if ((await firstUsers(trx, 1)).length === 0) return
  throw new AppError('SINGLE_USER', 'This server is for one person, who has an account already.')
}

/** Nobody serves several people with one person's key: the operator must say whose it is. */
export async function assertSingleUser({ config, db }: Pick<AppContext, 'config' | 'db'>): Promise<void> {
  if (config.crm.provider !== 'hubspot' || (await firstUsers(db, 2)).length < 2) return
  throw new StartError(
    'HUBSPOT_API_KEY serves one person, and there are several accounts here. Take it and CRM_PROVIDER=hubspot out; each owner sets a key of their own (settings.setHubspotKey).',
  )
}
