import { type Kysely, sql } from 'kysely'
import type { DB } from '../../db/engine/schema.ts'

interface Column {
  readonly table: string
  readonly name: string
  readonly type: string
  readonly isRequired: boolean
  readonly usual: string | null
}

interface Rule {
  readonly table: string
  readonly kind: 'p' | 'u' | 'f' | 'c'
  readonly text: string
  readonly target: string | null
}

const head = `# The database

Made by \`npm run docs\` from the migrated database; \`npm run check\` fails when it is not as that is. Tables of an owner begin their key with \`user_id\`, and refer to each other by it, so that no row can belong to two. The queue has a schema of its own (\`pgboss\`), which is its own affair.
`

/** Every table with its columns, keys and indexes, and how the tables refer to each other. */
export async function databasePageOf(db: Kysely<DB>): Promise<string> {
  const columns = await readColumns(db)
  const rules = await readRules(db)
  const indexes = await readIndexes(db)
  const tables = [...new Set(columns.map(({ table }) => table))]
  const arrows = new Set(
    rules.flatMap(({ table, target }) => (target && target !== 'users' ? [`  ${target} ||--o{ ${table} : ""`] : [])),
  )
  const diagram = ['```mermaid', 'erDiagram', ...[...arrows].toSorted(), '```', ''].join('\n')
  const sections = tables.map((table) => {
    const rows = columns
      .filter((column) => column.table === table)
      .map(
        ({ name, type, isRequired, usual }) =>
          `| \`${name}\` | ${cell(type)} | ${isRequired ? '' : 'null'} | ${usual === null ? '' : cell(usual)} |`,
      )
    const lines = rules.filter((rule) => rule.table === table).map(({ text }) => `- \`${text}\``)
    const more = indexes.filter((index) => index.table === table).map(({ text }) => `- \`${text}\``)
    return [
      `## ${table}`,
      '',
      '| column | type | | default |',
      '|---|---|---|---|',
      ...rows,
      '',
      ...lines,
      ...more,
      '',
    ].join('\n')
  })
  return [head, 'Every table of an owner refers to `users`; the other references:', '', diagram, ...sections].join('\n')
}

function cell(text: string): string {
  return `\`${text.replaceAll('|', '\\|').replace(/\s+/g, ' ')}\``
}

async function readColumns(db: Kysely<DB>): Promise<Column[]> {
  const { rows } = await sql<Column>`
    select class.relname as "table", attribute.attname as name, format_type(attribute.atttypid, attribute.atttypmod) as type,
      attribute.attnotnull as is_required, pg_get_expr(usual.adbin, usual.adrelid) as usual
    from pg_attribute as attribute
      join pg_class as class on class.oid = attribute.attrelid and class.relkind = 'r'
      join pg_namespace as space on space.oid = class.relnamespace and space.nspname = 'public'
      left join pg_attrdef as usual on usual.adrelid = class.oid and usual.adnum = attribute.attnum
    where attribute.attnum > 0 and not attribute.attisdropped and class.relname not like 'kysely%'
    order by class.relname, attribute.attnum`.execute(db)
  return rows
}

async function readRules(db: Kysely<DB>): Promise<Rule[]> {
  const { rows } = await sql<Rule>`
    select class.relname as "table", rule.contype as kind, pg_get_constraintdef(rule.oid) as text, target.relname as target
    from pg_constraint as rule
      join pg_class as class on class.oid = rule.conrelid
      join pg_namespace as space on space.oid = class.relnamespace and space.nspname = 'public'
      left join pg_class as target on target.oid = rule.confrelid
    where rule.contype in ('p', 'u', 'f', 'c') and class.relname not like 'kysely%'
    order by class.relname, array_position(array['p', 'u', 'f', 'c'], rule.contype::text), text`.execute(db)
  return rows
}

async function readIndexes(db: Kysely<DB>): Promise<{ table: string; text: string }[]> {
  const { rows } = await sql<{ table: string; text: string }>`
    select tablename as "table", regexp_replace(indexdef, ' ON public\.\S+ USING', ' using') as text
    from pg_indexes as index
    where schemaname = 'public' and tablename not like 'kysely%'
      and not exists (select from pg_constraint where conname = index.indexname)
    order by tablename, indexname`.execute(db)
  return rows
}
