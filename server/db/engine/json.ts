import { type Expression, type RawBuilder, sql } from 'kysely'

/**
 * The rows of a subquery as one JSON array, in its order; each row is the document it selects as `value`
 * (`jsonBuildObject`). Kysely's own jsonArrayFrom would answer snake_case keys, since documents keep theirs.
 */
export function jsonList<Value>(rows: Expression<{ value: Value }>): RawBuilder<Value[]> {
  return sql<Value[]>`(select coalesce(json_agg(listed.value), '[]') from ${rows} as listed)`
}

/** A document as jsonb takes it: PostgreSQL refuses U+0000 and half characters, whoever cut them. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, item: unknown) =>
    typeof item === 'string' ? item.toWellFormed().replaceAll('\0', '') : item,
  )
}
