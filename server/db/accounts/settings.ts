import type { Kysely } from 'kysely'
import type { Settings, UpdateSettingsInput } from '../../../shared-types/index.ts'
import { AppError } from '../../errors.ts'
import type { DB } from '../engine/schema.ts'

const columns = [
  'autonomy',
  'sendingPaused',
  'dailySendCap',
  'hourlySendCap',
  'correspondentDailyCap',
  'quietHours',
  'allowedCorrespondents',
  'deniedCorrespondents',
  'allowedIntents',
  'templateReplies',
  'freeTextReplies',
  'freeBusyShareable',
  'minimumEarlierMessages',
  'trustApprovals',
  'minimumConfidence',
  'dailyModelBudget',
  'dailyTokenBudget',
  'undoWindowSeconds',
  'syncFrequencyMinutes',
  'classifyOnSync',
  'processOnSync',
  'lookBackDays',
  'retentionDays',
  'mutedNotifications',
  'digestHour',
  'workingDays',
  'workingHoursStart',
  'workingHoursEnd',
  'timeZone',
  'signature',
  'tone',
  'languages',
  'notes',
  'crm',
] as const

/** Everybody has them from their first day: UNAUTHENTICATED when the account is gone. */
export function getSettings(db: Kysely<DB>, userId: string): Promise<Settings> {
  return db
    .selectFrom('settings')
    .where('userId', '=', userId)
    .select(columns)
    .executeTakeFirstOrThrow(() => new AppError('UNAUTHENTICATED', 'This account is gone.'))
}

export type SettingsChanges = Omit<UpdateSettingsInput, 'hasHubspotKey'>

/** Changes what is named and nothing else. */
export function updateSettings(db: Kysely<DB>, userId: string, changes: SettingsChanges): Promise<Settings> {
  const { notes, quietHours, ...rest } = changes
  const values = {
    ...rest,
    ...(notes ? { notes: JSON.stringify(notes) } : {}),
    ...(quietHours === undefined ? {} : { quietHours: quietHours && JSON.stringify(quietHours) }),
  }
  if (Object.keys(values).length === 0) return getSettings(db, userId)
  return db
    .updateTable('settings')
    .set(values)
    .where('userId', '=', userId)
    .returning(columns)
    .executeTakeFirstOrThrow()
}

/** When the next digest is due; null: never. */
export async function setDigestDue(trx: Kysely<DB>, userId: string, digestDueAt: string | null): Promise<void> {
  await trx.updateTable('settings').set({ digestDueAt }).where('userId', '=', userId).execute()
}

/** When is next looked for what is older than its owner wants it kept; null: never. */
export async function setRetentionDue(trx: Kysely<DB>, userId: string, retentionDueAt: string | null): Promise<void> {
  await trx.updateTable('settings').set({ retentionDueAt }).where('userId', '=', userId).execute()
}

/** The same, held until the transaction ends: what is decided by them, and counted against them, comes one after the other. */
export function lockSettings(trx: Kysely<DB>, userId: string): Promise<Settings> {
  return trx
    .selectFrom('settings')
    .where('userId', '=', userId)
    .select(columns)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
}
