import type { JsonSchema } from './procedures.ts'

type Types = Readonly<Record<string, JsonSchema>>

const formats: Readonly<Record<string, string>> = {
  uuid: '0b8f2f5e-6c1d-4a3e-9f47-2d5c8e1a7b60',
  email: 'me@example.com',
  uri: 'https://mail.example.com/',
  date: '2026-03-02',
  'date-time': '2026-03-02T09:00:00.000Z',
}

/** A value that fits: what must be there, and of choices the first. */
export function exampleOf(schema: JsonSchema, types: Types): unknown {
  if (schema.$ref) return exampleOf(types[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)] ?? {}, types)
  if (schema.examples?.length) return schema.examples[0]
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  const choice = schema.oneOf?.[0] ?? schema.anyOf?.[0]
  if (choice) return exampleOf(choice, types)
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(([name]) => schema.required?.includes(name))
          .map(([name, value]) => [name, exampleOf(value as JsonSchema, types)]),
      )
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => exampleOf(schema.items as JsonSchema, types))
    case 'integer':
    case 'number':
      return schema.minimum ?? 1
    case 'boolean':
      return true
    case 'string':
      return textOf(schema)
    case 'null':
    case undefined:
      break
  }
  return null
}

function textOf({ format, pattern, minLength = 0 }: JsonSchema): string {
  const known = format === undefined ? undefined : formats[format]
  if (known !== undefined) return known
  if (pattern?.includes('x21')) return '18c9f0a1b2c3d4e5'
  if (pattern?.startsWith('^\\/')) return '/'
  return 'text'.padEnd(minLength, ' and more')
}
