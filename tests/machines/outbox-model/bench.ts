import { CamelCasePlugin, Kysely, PGliteDialect } from 'kysely'
import { type DatabaseConfig, openDatabase } from '../../../server/db/engine/connection.ts'
import { migrateToLatest } from '../../../server/db/engine/migrate.ts'
import type { DB } from '../../../server/db/engine/schema.ts'
import { reportError } from '../../support/migrate-all.ts'
import { type OneMail, newMail } from './one-mail.ts'
import { prepared } from './prepared.ts'

/** A database with one mail and its draft, to be played with again and again. */
export interface Bench extends OneMail, AsyncDisposable {
  readonly db: Kysely<DB>
  /** The embedded server has nobody who does this by itself: without it the one mail leaves its old versions behind. */
  vacuum(): Promise<void>
}

export async function openBench(config: DatabaseConfig): Promise<Bench> {
  await using stack = new AsyncDisposableStack()
  const { db: ordinary, pglite } = stack.use(await openDatabase(config, reportError))
  await migrateToLatest(ordinary)
  // The plugin is the product's own, or columns would have other names.
  const plugins = [new CamelCasePlugin({ maintainNestedObjectKeys: true })]
  const db = pglite ? new Kysely<DB>({ dialect: new PGliteDialect({ pglite: prepared(pglite) }), plugins }) : ordinary
  const mail = await newMail(db)
  const owned = stack.move()
  return {
    db,
    ...mail,
    async vacuum() {
      await pglite?.exec('vacuum')
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
