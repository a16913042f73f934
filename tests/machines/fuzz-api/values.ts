import { randomUUID } from 'node:crypto'
import type { NamedIds } from '../../support/procedure-inputs.ts'
import type { Random } from '../../support/seeded-random.ts'
import { alternatives, patternsOf, type Schema } from './schema.ts'

/** Strings of every form that some input asks for. */
const samples = [
  'plain words',
  '2030-01-01T10:00:00.000Z',
  '09:30',
  'en',
  '4711',
  '/drafts?x=1',
  'ada@engine.example',
  '17f0a1b2c3d4e5f6',
]

/** Text of an allowed length, for whichever field it is. */
const words = ['Prices', 'Yes, we do.', 'Ada', 'the lamps', 'Œuvre für Jürgen', '値段を教えて', '{name}', 'x']

/** What the owner has, or nobody, by the name of the field that asks for it. */
export function idFor(key: string, ids: NamedIds): unknown {
  const { quarantinedId, contactId, password, soon } = ids
  const others = {
    id: quarantinedId,
    intoId: contactId,
    currentPassword: password,
    newPassword: password,
    sendAt: soon,
  }
  const known: Readonly<Record<string, unknown>> = { ...ids, ...others }
  return known[key] ?? (key === 'fromIds' ? ids.otherContactId : known[key.replace(/s$/, '')])
}

/** Something that this schema lets through, as far as it tells. */
export function validValue(schema: Schema, random: Random, ids: NamedIds, key = ''): unknown {
  const one = random.pick(alternatives(schema)) ?? schema
  const known = idFor(key, ids)
  if (typeof known === 'string' ? one.type === 'string' : one.type === 'integer' && known !== undefined) return known
  if (one.const !== undefined) return one.const
  if (one.enum) return random.pick(one.enum)
  switch (one.type) {
    case 'string':
      return validString(one, random)
    case 'integer':
    case 'number': {
      const { minimum = 0, maximum = 100 } = one
      return random.pick([minimum, minimum + random.below(Math.min(100, maximum - minimum + 1)), maximum])
    }
    case 'boolean':
      return random.chance(0.5)
    case 'null':
      return null
    case 'array': {
      const { minItems = 0, maxItems = 3, items = {} } = one
      const length = Math.min(maxItems, Math.max(minItems, random.below(4)))
      return Array.from({ length }, () => validValue(items, random, ids, key))
    }
    case 'object':
      return validObject(one, random, ids)
    case undefined:
    default:
      return random.pick(['x', 1, null, {}])
  }
}

function validObject({ properties = {}, required = [], additionalProperties }: Schema, random: Random, ids: NamedIds) {
  const entries = Object.entries(properties)
    .filter(([key]) => required.includes(key) || random.chance(0.3))
    .map(([key, schema]) => [key, validValue(schema, random, ids, key)])
  if (typeof additionalProperties === 'object') entries.push(['name', validValue(additionalProperties, random, ids)])
  return Object.fromEntries(entries) as Record<string, unknown>
}

function validString(schema: Schema, random: Random): unknown {
  if (schema.format === 'uuid') return randomUUID()
  const { minLength = 0, maxLength = 100 } = schema
  const patterns = patternsOf(schema)
  if (patterns.length > 0) return samples.find((sample) => patterns.every((pattern) => pattern.test(sample))) ?? 'x'
  return (random.pick(words) ?? 'x').padEnd(minLength, 'x').slice(0, maxLength)
}
