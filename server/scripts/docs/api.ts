import { exampleOf } from './example.ts'
import type { ApiDoc, JsonSchema, ProcedureDoc } from './procedures.ts'

const head = `# The API

Made by \`npm run docs\` from the router and its schemas; \`npm run check\` fails when it is not as they are. How to sign in and call it is in the [README](../README.md#using-the-api), the same as OpenAPI 3.1 in [openapi.json](openapi.json).

A **query** is \`GET /trpc/<name>?input=<JSON>\`, a **mutation** \`POST /trpc/<name>\` with its input as JSON. The answer is \`{ "result": { "data": ... } }\` or \`{ "error": { "message", "data": { "reason", "httpStatus", "requestId", "fieldErrors" } } }\`. A field with \`?\` may be left out. Who may call: *session*, an access token of whoever is signed in, or none where one signs in; *read*, *draft*, a personal token with that scope as well.
`

/** Every procedure with what it takes and answers and an example, then the types these name. */
export function apiPageOf({ procedures, types }: ApiDoc): string {
  const groups = Map.groupBy(procedures, ({ name }) => name.slice(0, name.indexOf('.')))
  const sections = [...groups].map(
    ([group, members]) => `## ${group}\n\n${members.map((procedure) => sectionOf(procedure, types)).join('\n')}`,
  )
  const named = Object.entries(types).map(
    ([name, schema]) => `### ${name}\n\n\`\`\`ts\n${typeOf(schema, '')}\n\`\`\`\n`,
  )
  return [head, ...sections, `## Types\n\n${named.join('\n')}`].join('\n')
}

function sectionOf({ name, type, input, output, programs }: ProcedureDoc, types: ApiDoc['types']): string {
  const callers = programs === null ? 'session' : programs === 'read' ? 'session, read, draft' : 'session, draft'
  const lines = [
    `### ${name}`,
    '',
    `${type} · ${callers} · ${input ? linkOf(input) : 'takes nothing'} → ${linkOf(output)}`,
    '',
    ...(input ? ['```json', JSON.stringify(exampleOf(input, types)), '```', ''] : []),
  ]
  return lines.join('\n')
}

function linkOf(schema: JsonSchema): string {
  const name = nameOf(schema)
  return name === undefined ? `\`${typeOf(schema, '').replace(/\s+/g, ' ')}\`` : `[${name}](#${name.toLowerCase()})`
}

function nameOf({ $ref }: JsonSchema): string | undefined {
  return $ref?.slice($ref.lastIndexOf('/') + 1)
}

/** As TypeScript writes it, with bounds as comments. */
function typeOf(schema: JsonSchema, indent: string): string {
  const name = nameOf(schema)
  if (name !== undefined) return name
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  const choices = schema.oneOf ?? schema.anyOf
  if (choices) return choices.map((choice) => typeOf(choice, indent)).join(' | ')
  if (Array.isArray(schema.type)) return schema.type.join(' | ')
  switch (schema.type) {
    case 'object':
      return objectOf(schema, indent)
    case 'array': {
      const items = typeOf((schema.items ?? {}) as JsonSchema, indent)
      return `${items.includes(' | ') ? `(${items})` : items}[]${boundsOf(schema.minItems, schema.maxItems)}`
    }
    case 'integer':
    case 'number':
      return `${schema.type === 'integer' ? 'int' : 'number'}${boundsOf(schema.minimum, schema.maximum)}`
    case 'string':
      return `string${schema.format ? ` /* ${schema.format} */` : ''}${boundsOf(schema.minLength, schema.maxLength)}`
    case 'boolean':
    case 'null':
      return schema.type
    case undefined:
      break
  }
  return 'unknown'
}

function objectOf({ properties = {}, required = [], additionalProperties }: JsonSchema, indent: string): string {
  const deeper = `${indent}  `
  const lines = Object.entries(properties).map(
    ([name, value]) => `${deeper}${name}${required.includes(name) ? '' : '?'}: ${typeOf(value as JsonSchema, deeper)}`,
  )
  const others = typeof additionalProperties === 'object' && Object.keys(additionalProperties).length > 0
  if (others) lines.push(`${deeper}[name: string]: ${typeOf(additionalProperties, deeper)}`)
  return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${indent}}`
}

function boundsOf(least: number | undefined, most: number | undefined): string {
  if (least === undefined && most === undefined) return ''
  return ` /* ${least ?? ''}..${most ?? ''} */`
}
