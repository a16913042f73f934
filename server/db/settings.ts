import type { Kysely } from 'kysely'
import type { Settings, UpdateSettingsInput } from '../../shared-types/index.ts'
import type { DB } from './schema.ts'

const columns = [
  'autonomy',
  'undoWindowSeconds',
  'syncFrequencyMinutes',
  'classifyOnSync',
  'processOnSync',
  'lookBackDays',
  'workingDays',
  'workingHoursStart',
  'workingHoursEnd',
  'timeZone',
  'signature',
  'tone',
  'languages',
  'notes',
] as const

export function getSettings(db: Kysely<DB>, userId: string): Promise<Settings> {
  return db.selectFrom('settings').where('userId', '=', userId).select(columns).executeTakeFirstOrThrow()
}

/** Changes what is named and nothing else. */
export function updateSettings(db: Kysely<DB>, userId: string, changes: UpdateSettingsInput): Promise<Settings> {
  const { notes, ...rest } = changes
  const values = { ...rest, ...(notes ? { notes: JSON.stringify(notes) } : {}) }
  if (Object.keys(values).length === 0) return getSettings(db, userId)
  return db
    .updateTable('settings')
    .set(values)
    .where('userId', '=', userId)
    .returning(columns)
    .executeTakeFirstOrThrow()
}
