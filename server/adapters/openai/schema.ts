import type { JsonSchema } from '../../model-question.ts'

/**
 * What strict servers take, and grammars of local ones are made of without blowing up: lengths of text, patterns and
 * formats are left out, since the answer is checked afterwards anyway.
 */
const copied = new Set(['type', 'description', 'enum', 'const', 'minItems', 'maxItems', 'minimum', 'maximum'])

/** The JSON Schema as structured output wants it: every property required, and no other allowed. */
export function toStrictSchema(schema: JsonSchema): JsonSchema {
  const strict: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(schema)) {
    if (copied.has(key)) strict[key] = value
    if (key === 'items' && isSchema(value)) strict['items'] = toStrictSchema(value)
    if ((key === 'anyOf' || key === 'oneOf') && Array.isArray(value)) {
      strict['anyOf'] = value.filter(isSchema).map(toStrictSchema)
    }
    if (key === 'properties' && isSchema(value)) {
      const properties = Object.entries(value).flatMap(([name, property]) =>
        isSchema(property) ? [[name, toStrictSchema(property)] as const] : [],
      )
      strict['properties'] = Object.fromEntries(properties)
      strict['required'] = properties.map(([name]) => name)
      strict['additionalProperties'] = false
    }
  }
  return strict
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
