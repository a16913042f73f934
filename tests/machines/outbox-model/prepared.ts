import type { PGlite, Results } from '@electric-sql/pglite'
import type { PGliteDialectConfig } from 'kysely'

type Embedded = Exclude<PGliteDialectConfig['pglite'], (...args: never[]) => unknown>

/**
 * The same embedded PostgreSQL, with each statement parsed and planned once: a search repeats some thirty statements a
 * million times. For one flow of calls at a time.
 */
export function prepared(pglite: PGlite): Embedded {
  const names = new Map<string, string>()

  async function query(sql: string, parameters: readonly unknown[] = []) {
    const name = names.get(sql) ?? (await prepare(sql))
    const call = parameters.length === 0 ? name : `${name}(${parameters.map(literal).join(',')})`
    const [result] = await pglite.exec(`execute ${call}`)
    // The caller says what its rows are, as it does to the engine itself.
    return result as Results<never>
  }

  async function prepare(sql: string): Promise<string> {
    const name = `statement_${names.size}`
    await pglite.exec(`prepare ${name} as ${sql}`)
    names.set(sql, name)
    return name
  }

  return {
    closed: pglite.closed,
    ready: pglite.ready,
    waitReady: pglite.waitReady,
    close: () => pglite.close(),
    query,
    async transaction(work) {
      await pglite.exec('begin')
      try {
        const result = await work({ query, rollback: () => Promise.reject(new Error('roll back by throwing')) })
        await pglite.exec('commit')
        return result
      } catch (error) {
        await pglite.exec('rollback')
        throw error
      }
    },
  }
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Buffer.isBuffer(value)) return `'\\x${value.toString('hex')}'`
  if (Array.isArray(value)) return quoted(`{${value.map((item) => JSON.stringify(item)).join(',')}}`)
  return quoted(typeof value === 'string' ? value : JSON.stringify(value))
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
