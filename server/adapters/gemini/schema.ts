// Not responseJsonSchema, which would take the schema as it is: it minds neither lengths of text nor `const`, and models
// before Gemini 2.5 do not have it.

import type { ResponseSchema } from '@google/generative-ai'
import type { JsonSchema } from '../../model-question.ts'

/** What ai.google.dev/api/caching#Schema knows; one key more, and the whole request is rejected. */
const copied = new Set([
  'type',
  'description',
  'nullable',
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
])

/** The JSON Schema in Gemini's dialect: what it cannot say is left out, since the answer is checked afterwards anyway. */
export function toResponseSchema(schema: JsonSchema): ResponseSchema {
  return convert(schema) as unknown as ResponseSchema
}

function convert(schema: JsonSchema): Record<string, unknown> {
  const alternatives = alternativesOf(schema)
  if (alternatives) {
    const isNullable = alternatives.some(isNull)
    const others = alternatives.filter((alternative) => !isNull(alternative)).map(convert)
    const [only] = others
    return { ...(others.length === 1 ? only : { anyOf: others }), ...(isNullable && { nullable: true }) }
  }
  const converted: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(schema)) {
    if (copied.has(key)) converted[key] = value
    // Gemini's enums are lists of strings.
    if (key === 'enum' && Array.isArray(value)) converted['enum'] = value.map(String)
    if (key === 'const') converted['enum'] = [String(value)]
    if (key === 'items' && isSchema(value)) converted['items'] = convert(value)
    if (key === 'required' && Array.isArray(value)) {
      converted['required'] = value
      // Without it the properties come in alphabetical order, a confidence before what it is about.
      converted['propertyOrdering'] = Object.keys(schema['properties'] ?? {})
    }
    if (key === 'properties' && isSchema(value)) {
      converted['properties'] = Object.fromEntries(
        Object.entries(value).flatMap(([name, property]) => (isSchema(property) ? [[name, convert(property)]] : [])),
      )
    }
  }
  return converted
}

function alternativesOf(schema: JsonSchema): JsonSchema[] | undefined {
  const { type } = schema
  if (Array.isArray(type)) return type.map((one: unknown) => ({ ...schema, type: one }))
  const list = schema['anyOf'] ?? schema['oneOf']
  return Array.isArray(list) ? list.filter(isSchema) : undefined
}

function isNull(schema: JsonSchema): boolean {
  return schema['type'] === 'null'
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
