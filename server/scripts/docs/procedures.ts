import { z } from 'zod'
import * as contract from '../../../shared-types/index.ts'
import { appRouter } from '../../router.ts'

export type JsonSchema = z.core.JSONSchema.JSONSchema

/** A procedure as the router has it. */
export interface ProcedureDoc {
  readonly name: string
  readonly type: 'query' | 'mutation' | 'subscription'
  /** Null where it takes nothing. */
  readonly input: JsonSchema | null
  readonly output: JsonSchema
  /** What a program's token must allow; null where no program may call it. */
  readonly programs: contract.TokenScope | null
}

export interface ApiDoc {
  readonly procedures: readonly ProcedureDoc[]
  /** What `#/components/schemas/...` names, by the names of `shared-types`. */
  readonly types: Readonly<Record<string, JsonSchema>>
}

interface Definition {
  readonly type: ProcedureDoc['type']
  readonly inputs: readonly z.ZodType[]
  readonly output?: z.ZodType
  readonly meta?: { readonly programs?: contract.TokenScope }
}

/** All that is offered, by its names. */
export function readApi(): ApiDoc {
  const types: Record<string, JsonSchema> = {}
  const offered = appRouter._def.procedures as unknown as Record<string, { readonly _def: Definition }>
  const procedures = Object.entries(offered)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(
      ([
        name,
        {
          _def: { type, inputs, output, meta },
        },
      ]): ProcedureDoc => {
        const [input] = inputs
        return {
          name,
          type,
          input: input && !takesNothing(input) ? namedSchemaOf(input, 'input', types) : null,
          output: output ? namedSchemaOf(output, 'output', types) : {},
          programs: meta?.programs ?? null,
        }
      },
    )
  if (types['Instant']) types['Instant'] = { type: 'string', format: 'date-time' }
  return {
    procedures,
    types: Object.fromEntries(Object.entries(types).toSorted(([one], [other]) => (one < other ? -1 : 1))),
  }
}

const names = z.registry<{ id: string; examples?: unknown[] }>()
for (const [id, schema] of Object.entries(contract)) {
  if (!(schema instanceof z.ZodType) || names.has(schema)) continue
  const examples = z.globalRegistry.get(schema)?.examples
  names.add(schema, Array.isArray(examples) ? { id, examples } : { id })
}

/** An object without keys, or nothing at all. */
function takesNothing(schema: z.ZodType): boolean {
  return schema === contract.NoInput
}

/** JSON Schema 2020-12 whose named parts are moved to `types`. What it cannot say, such as a transformation, is left open. */
function namedSchemaOf(schema: z.ZodType, io: 'input' | 'output', types: Record<string, JsonSchema>): JsonSchema {
  const whole = z.toJSONSchema(schema, {
    io,
    metadata: names,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => tidy(jsonSchema),
  })
  const { $schema: _dialect, $defs = {}, ...rest } = whole
  const own = names.get(schema)?.id
  const taken = new Map<string, string>()
  const defs = { ...$defs, ...(own && !(own in $defs) && { [own]: rest }) }
  for (const [id, definition] of Object.entries(defs)) {
    const text = JSON.stringify(definition)
    // What is filled in by default may be left out going in, and is there coming out.
    const name =
      types[id] === undefined || JSON.stringify(types[id]) === rewrite(text, taken)
        ? id
        : `${id}${io === 'input' ? 'In' : 'Out'}`
    taken.set(id, name)
  }
  for (const [id, definition] of Object.entries(defs))
    types[taken.get(id) ?? id] = JSON.parse(rewrite(JSON.stringify(definition), taken)) as JsonSchema
  return own
    ? { $ref: `#/components/schemas/${taken.get(own)}` }
    : (JSON.parse(rewrite(JSON.stringify(rest), taken)) as JsonSchema)
}

function rewrite(text: string, names: ReadonlyMap<string, string>): string {
  return text.replace(/"#\/\$defs\/(\w+)"/g, (_, id: string) => `"#/components/schemas/${names.get(id) ?? id}"`)
}

/** Patterns that say no more than the format beside them, and bounds that every number of JavaScript has. */
function tidy(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.format === 'starts_with') delete schema.format
  else if (schema.format) delete schema.pattern
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
}
