import { type RawBuilder, sql } from 'kysely'
import type { Reason } from '../../../shared-types/index.ts'

/** What is told of a row: its reasons, or the sentences from before they had codes, which nobody has replaced since. */
export function reasonsOf(table: 'emails' | 'drafts' | 'outbox'): RawBuilder<Reason[]> {
  return sql<Reason[]>`coalesce(${sql.ref(`${table}.reasons`)}, (
    select coalesce(jsonb_agg(jsonb_build_object('code', 'NOTED', 'text', sentence) order by position), '[]')
    from unnest(${sql.ref(`${table}.noted`)}) with ordinality as told (sentence, position)
  ))`
}
