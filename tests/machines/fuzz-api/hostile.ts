import { randomUUID } from 'node:crypto'
import type { NamedIds } from '../../support/procedure-inputs.ts'
import type { Random } from '../../support/seeded-random.ts'
import { JsonText, nested } from './json.ts'
import { patternsOf, type Schema } from './schema.ts'
import { idFor } from './values.ts'

/** What a hostile hand has at hand. */
export interface Stock {
  readonly naughty: readonly string[]
  /** Another owner's. */
  readonly foreign: NamedIds
  readonly nobody: NamedIds
  /** Cursors of lists, as these gave them. */
  readonly cursors: readonly string[]
}

const instants = [
  '2016-12-31T23:59:60.000Z',
  '9999-12-31T23:59:59.999Z',
  '0001-01-01T00:00:00.000Z',
  '0000-01-01T00:00:00.000Z',
  '1969-12-31T23:59:59.999Z',
  '2026-02-29T00:00:00.000Z',
  '2030-01-01T00:00:00.000+00:00',
  '2030-01-01T24:00:00.000Z',
  '2030-01-01T00:00:00Z',
  '2030-01-01',
  '+012030-01-01T00:00:00.000Z',
  '-000001-01-01T00:00:00.000Z',
  'infinity',
  'now',
]

const texts = (): readonly unknown[] => [
  '',
  ' ',
  'a\u0000b',
  new JsonText('"a\\u0000b"'),
  new JsonText('"\\ud800"'),
  new JsonText('"\\udc00x\\ud800"'),
  '\u202e\u2067drawrof\u2069',
  '\ufeff\u200b\u2028\u2029',
  '値段'.repeat(50),
  '👩‍👩‍👧‍👦'.repeat(20),
  'e\u0301'.repeat(200),
  'x'.repeat(5_000),
  `%${'_'.repeat(50)}\\`,
  '\r\nBcc: everybody@engine.example\r\n\r\nx',
  "'; drop table drafts; --",
  '{{constructor.constructor("return process")()}}',
  '{__proto__}',
  '=HYPERLINK("http://a.example")',
  '../../../../etc/passwd',
]

const keys = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  'toJSON',
  '',
  'userId',
  '\u0000',
]

const things = (): readonly unknown[] => [
  null,
  true,
  0,
  -1,
  '',
  'text',
  [],
  {},
  [[]],
  [null],
  nested(1_000),
  new JsonText('{"__proto__":{"isAdmin":true}}'),
  new JsonText('{"a":'.repeat(200) + '1' + '}'.repeat(200)),
  new JsonText('1e999'),
]

/** Something in place of `value` that is nearly right. */
export function hostileValue(schema: Schema, value: unknown, random: Random, stock: Stock, key: string): unknown {
  if (random.chance(0.2)) return random.pick(things())
  if (schema.enum || schema.const !== undefined) return nearMiss(String(schema.enum?.[0] ?? schema.const), random)
  switch (schema.type) {
    case 'string':
      return hostileString(schema, value, random, stock, key)
    case 'integer':
    case 'number':
      return hostileNumber(schema, random)
    case 'array':
      return hostileArray(schema, value, random)
    case undefined:
    default:
      return hostileObject(value, random)
  }
}

function nearMiss(word: string, random: Random): unknown {
  const title = word.charAt(0).toUpperCase() + word.slice(1)
  return random.pick([
    word.toUpperCase(),
    title,
    `${word} `,
    `${word}s`,
    [word],
    '__proto__',
    'constructor',
    word.slice(1),
  ])
}

function hostileNumber({ minimum = 0, maximum = 100 }: Schema, random: Random): unknown {
  const near = [minimum, minimum - 1, maximum, maximum + 1, maximum - 1]
  const odd = [-1, 0, 0.5, 1e-7, 2 ** 31, 2 ** 31 - 1, 2 ** 53, 2 ** 53 + 2, 1e308, -1e308, NaN, '5', '1e3', true]
  const written = ['-0', '1e999', '1E400', '1.0', '100000000000000000000000000', '1e0'].map(
    (text) => new JsonText(text),
  )
  return random.pick([...near, ...odd, ...written])
}

function hostileArray({ minItems = 0, maxItems = 20 }: Schema, value: unknown, random: Random): unknown {
  const items = Array.isArray(value) ? (value as unknown[]) : []
  const [item = 'x'] = items
  const many = (length: number) => Array.from({ length }, () => item)
  const other = random.pick([
    [],
    many(maxItems),
    many(Math.min(2_000, maxItems + 1)),
    many(Math.max(0, minItems - 1)),
    many(2),
    [...items, null],
    [[...items]],
    { 0: item, length: 1 },
  ])
  return other
}

function hostileObject(value: unknown, random: Random): unknown {
  const key = random.pick(keys) ?? ''
  const one = random.pick([null, 1, 'x', { isAdmin: true }, nested(1_000)])
  return Object.fromEntries([...Object.entries(value ?? {}), [key, one]])
}

function hostileString(schema: Schema, value: unknown, random: Random, stock: Stock, key: string): unknown {
  if (schema.format === 'uuid') return hostileId(value, random, stock, key)
  if (key === 'cursor') return hostileCursor(random, stock)
  if (patternsOf(schema).some((pattern) => pattern.test('2030-01-01T10:00:00.000Z') && !pattern.test('en')))
    return random.pick(instants)
  const { minLength = 0, maxLength = 1_000 } = schema
  const near = [minLength, minLength - 1, maxLength, maxLength + 1].map((length) => 'ä'.repeat(Math.max(0, length)))
  return random.chance(0.4) ? random.pick(stock.naughty) : random.pick([...near, ...texts()])
}

function hostileId(value: unknown, random: Random, { foreign, nobody }: Stock, key: string): unknown {
  const own = String(value)
  return random.pick([
    idFor(key, foreign),
    idFor(key, nobody),
    randomUUID(),
    own.toUpperCase(),
    `{${own}}`,
    `${own} `,
    own.replaceAll('-', ''),
    own.slice(0, -1),
    `${own}'--`,
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    [own],
  ])
}

function hostileCursor(random: Random, { cursors }: Stock): string {
  const encode = (value: unknown) => Buffer.from(String(value)).toString('base64url')
  const real = random.pick(cursors) ?? encode('[]')
  const nil = '00000000-0000-0000-0000-000000000000'
  const flipped = Buffer.from(real)
  flipped[random.below(flipped.length)] = 33 + random.below(90)
  const inside = Buffer.from(real, 'base64url')
  if (inside.length > 0) inside[random.below(inside.length)] = random.below(256)
  const instant = random.pick(instants)
  const made = [
    [],
    {},
    null,
    [instant, nil],
    [instant],
    [instant, nil, nil],
    [nil, instant],
    [1e308, nil],
    [-1, nil],
    ['\u0000', nil],
    ['x'.repeat(300), nil],
    [null, null],
    [random.pick([2 ** 53, 0.5, 1e21]), nil],
    [random.pick([2 ** 53, 0.5, '1e400', '99999999999999999999'])],
    [random.pick(['a', 'spam', 'inquiry', '\ud800']), instant, nil],
  ].map((value) => encode(JSON.stringify(value)))
  return (
    random.pick([
      real,
      random.pick(cursors) ?? real,
      flipped.toString('latin1'),
      inside.toString('base64url'),
      random.pick(made) ?? real,
      random.pick(made) ?? real,
      encode(nested(100).text),
      encode('[1e400,"x"]'),
      encode('{"__proto__":[]}'),
      'A'.repeat(512),
      'A'.repeat(513),
      '=',
    ]) ?? real
  )
}
