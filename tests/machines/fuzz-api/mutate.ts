import type { Random } from '../../support/seeded-random.ts'
import { hostileValue, type Stock } from './hostile.ts'
import { isPlainObject } from './json.ts'
import { alternatives, isFreeText, type Schema } from './schema.ts'

interface Place {
  readonly path: readonly (string | number)[]
  readonly schema: Schema
}

/** The input with one or two places that are not as they should be. */
export function mutate(schema: Schema, input: unknown, random: Random, stock: Stock): unknown {
  let changed = input
  for (let left = random.chance(0.2) ? 2 : 1; left > 0; left--) {
    const place = random.pick(placesIn(schema, changed))
    if (!place) break
    const { path, schema: wanted } = place
    changed = changeAt(changed, path, (value) =>
      path.length > 0 && random.chance(0.1)
        ? undefined
        : hostileValue(wanted, value, random, stock, path.findLast((part) => typeof part === 'string') ?? ''),
    )
  }
  return changed
}

/** The input with this text wherever any text will do; or, in those that want a certain form, wherever they do. */
export function withText(
  schema: Schema,
  input: unknown,
  text: string,
  isFree: boolean,
): { input: unknown; places: number } {
  const places = placesIn(schema, input).filter(({ schema: wanted, path }) => {
    return wanted.type === 'string' && (isFreeText(wanted) && path.at(-1) !== 'cursor') === isFree
  })
  return {
    input: places.reduce((changed, { path }) => changeAt(changed, path, () => text), input),
    places: places.length,
  }
}

/** Every place of the input, and what belongs there; also those of fields that are left out. */
function placesIn(schema: Schema, value: unknown, path: Place['path'] = []): Place[] {
  const options = alternatives(schema)
  const one = options.find(({ type }) => type === typeOf(value)) ?? options[0] ?? schema
  const self = { path, schema: one }
  if (one.type === 'array') {
    const items: unknown[] = Array.isArray(value) && value.length > 0 ? value.slice(0, 3) : [undefined]
    return [self, ...items.flatMap((item, index) => placesIn(one.items ?? {}, item, [...path, index]))]
  }
  if (one.type !== 'object') return [self]
  const known = isPlainObject(value) ? value : {}
  return [
    self,
    ...Object.entries(fitting(options, known).properties ?? {}).flatMap(([key, inner]) =>
      placesIn(inner, known[key], [...path, key]),
    ),
  ]
}

/** The alternative that has most of these keys. */
function fitting(options: readonly Schema[], value: Record<string, unknown>): Schema {
  const score = ({ properties = {} }: Schema) =>
    Object.entries(properties).filter(([key, { const: wanted }]) => {
      return key in value && (wanted === undefined || wanted === value[key])
    }).length
  return options.toSorted((one, other) => score(other) - score(one))[0] ?? {}
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value
}

function changeAt(value: unknown, path: Place['path'], change: (value: unknown) => unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return change(value)
  if (typeof key === 'number') {
    const items: unknown[] = Array.isArray(value) ? value : []
    return [...items.slice(0, key), changeAt(items[key], rest, change), ...items.slice(key + 1)]
  }
  const known = isPlainObject(value) ? value : {}
  return { ...known, [key]: changeAt(known[key], rest, change) }
}
