import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { openDatabase } from '../../server/db/engine/connection.ts'
import { reportError } from '../support/migrate-all.ts'
import { openTestDatabase } from '../support/rows.ts'

/** Every column type of the schema: what a value of it is in JavaScript, whatever the driver. */
const values: [type: string, literal: string, expected: unknown][] = [
  ['timestamptz(3)', `'2026-03-29 09:30:00.5+02'`, '2026-03-29T07:30:00.500Z'],
  ['timestamptz(3)', `'2026-03-29 09:30:00.123456+05:30'`, '2026-03-29T04:00:00.123Z'],
  ['timestamptz(3)', `'0044-03-15 12:00:00+00'`, '0044-03-15T12:00:00.000Z'],
  ['date', `'2026-03-29'`, '2026-03-29'],
  ['bigint', '9007199254740991', Number.MAX_SAFE_INTEGER],
  ['bigint', '(select count(*) from generate_series(1, 7))', 7],
  ['numeric', `'12345678901234567890.000000000123'`, '12345678901234567890.000000000123'],
  ['numeric', '(select sum(n) from generate_series(1, 3) as n)', '6'],
  ['integer', '-7', -7],
  ['real', '0.9', 0.9],
  ['double precision', '0.1', 0.1],
  ['boolean', 'true', true],
  ['boolean', 'false', false],
  ['bytea', `'\\x00ff10'`, Buffer.from([0, 255, 16])],
  ['bytea', `''`, Buffer.alloc(0)],
  ['uuid', `'6F9619FF-8B86-D011-B42D-00C04FC964FF'`, '6f9619ff-8b86-d011-b42d-00c04fc964ff'],
  ['text', `E'o''neil \\\\ "Müller" 😀'`, 'o\'neil \\ "Müller" 😀'],
  ['varchar(255)', `'login:1.2.3.4'`, 'login:1.2.3.4'],
  ['text[]', `array['a,b', 'c"d', '', 'null', '{}']`, ['a,b', 'c"d', '', 'null', '{}']],
  ['text[]', `'{}'`, []],
  ['integer[]', `'{1,2,3}'`, [1, 2, 3]],
  [
    'jsonb',
    `'{"fromName": "A", "to_name": [1, 2.5, null, "x"], "deep": {"isRead": true}}'`,
    {
      fromName: 'A',
      to_name: [1, 2.5, null, 'x'],
      deep: { isRead: true },
    },
  ],
  ['jsonb', `'[]'`, []],
  ['jsonb', `'"text"'`, 'text'],
  ['json', `'{"a": 1}'`, { a: 1 }],
  ['halfvec(3)', `'[1,0.5,-2]'`, '[1,0.5,-2]'],
  ['tsvector', `to_tsvector('simple', 'b a')`, "'a':2 'b':1"],
]

const query = sql<Record<string, unknown>>`select ${sql.raw(
  values
    .flatMap(([type, literal], index) => [`(${literal})::${type} as v${index}`, `null::${type} as n${index}`])
    .join(',\n'),
)}`

const database = await openTestDatabase()

test('every column type arrives as one JavaScript type, and null as null', async () => {
  const [row] = (await query.execute(database.db)).rows
  const found = values.map(([type, literal], index) => [type, literal, row?.[`v${index}`]])
  expect(found).toEqual(values)
  for (const index of values.keys()) expect(row?.[`n${index}`]).toBeNull()
})

test('both drivers give equal values for the same statement', async () => {
  // Without a native server there is only the embedded one, which the values above already bind.
  await using other = await openEmbeddedBeside()
  const [here] = (await query.execute(database.db)).rows
  const [there] = (await query.execute((other ?? database).db)).rows
  expect(there).toEqual(here)
  for (const [name, value] of Object.entries(here ?? {}))
    expect(Object.prototype.toString.call(there?.[name])).toBe(Object.prototype.toString.call(value))
})

async function openEmbeddedBeside() {
  if (database.pglite) return undefined
  const embedded = await openDatabase({ kind: 'embedded', directory: 'memory://types' }, reportError)
  await sql`create extension if not exists vector`.execute(embedded.db)
  return embedded
}

test('the list of types is the schema’s', async () => {
  const { rows } = await sql<{ type: string }>`
    select distinct format_type(atttypid, atttypmod) as type from pg_attribute
    join pg_class on pg_class.oid = attrelid
    where relkind = 'r' and relnamespace = 'public'::regnamespace and attnum > 0 and not attisdropped
      and relname not like 'kysely%'`.execute(database.db)
  const covered = new Map([
    ['timestamp(3) with time zone', 'timestamptz(3)'],
    ['character varying(255)', 'varchar(255)'],
    ['halfvec(768)', 'halfvec(3)'],
  ])
  const known = new Set(values.map(([type]) => type))
  expect(rows.map(({ type }) => covered.get(type) ?? type).filter((type) => !known.has(type))).toEqual([])
})

test('bytes, lists, documents and instants go in as they come out', async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index))
  const [row] = (
    await sql<Record<string, unknown>>`select ${bytes}::bytea as bytes, ${['a,b', '"', 'ü']}::text[] as list,
      ${JSON.stringify({ camelCase: ['x'] })}::jsonb as document, ${'2026-10-25T00:30:00.001Z'}::timestamptz(3) as instant`.execute(
      database.db,
    )
  ).rows
  expect(row).toEqual({
    bytes,
    list: ['a,b', '"', 'ü'],
    document: { camelCase: ['x'] },
    instant: '2026-10-25T00:30:00.001Z',
  })
})
