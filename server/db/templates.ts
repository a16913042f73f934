import type { Kysely } from 'kysely'
import type { Intent } from '../../shared-types/index.ts'
import type { DB } from './schema.ts'

/** The owner's templates for this intent, or for any, in this language or in none. */
export function templatesFor(db: Kysely<DB>, userId: string, wanted: { intent: Intent; language: string }) {
  return db
    .selectFrom('templates')
    .where('userId', '=', userId)
    .where((eb) => eb.or([eb('intent', '=', wanted.intent), eb('intent', 'is', null)]))
    .where((eb) => eb.or([eb('language', '=', wanted.language), eb('language', 'is', null)]))
    .orderBy((eb) => eb.case().when('intent', 'is', null).then(1).else(0).end())
    .orderBy('name')
    .limit(3)
    .select(['id', 'name', 'body'])
    .execute()
}
