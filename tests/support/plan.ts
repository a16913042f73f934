import type { Kysely } from 'kysely'
import type { DB } from '../../server/db/engine/schema.ts'

/** The plan of what `list` asks the database, caught on its way. */
export async function planOf(db: Kysely<DB>, list: (caught: Kysely<DB>) => Promise<unknown>): Promise<string> {
  const plans: string[] = []
  const caught = db.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: ({ result }) => Promise.resolve(result),
  })
  const executor = caught.getExecutor()
  const run = executor.executeQuery.bind(executor)
  executor.executeQuery = async (query) => {
    const { rows } = await db.executeQuery<{ 'QUERY PLAN': string }>({
      ...query,
      sql: `explain ${query.sql}`,
    })
    plans.push(rows.map((row) => Object.values(row)[0]).join('\n'))
    return run(query)
  }
  await list(caught)
  return plans.join('\n')
}
