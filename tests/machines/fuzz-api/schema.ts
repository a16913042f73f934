import { z } from 'zod'
import { appRouter } from '../../../server/router.ts'
import { tools } from '../../../server/mcp/tools.ts'

/** As much of JSON Schema as zod writes of our inputs. */
export interface Schema {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly format?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
}

/** What each procedure takes. */
export const inputSchemas: ReadonlyMap<string, Schema> = new Map(
  Object.entries(
    appRouter._def.procedures as unknown as Record<string, { _def: { inputs: readonly z.ZodType[] } }>,
  ).map(([name, { _def }]) => [name, schemaOf(_def.inputs[0] ?? z.undefined())]),
)

/** What each tool of assistants takes. */
export const toolSchemas: ReadonlyMap<string, Schema> = new Map(tools.map(({ name, input }) => [name, schemaOf(input)]))

function schemaOf(type: z.ZodType): Schema {
  return z.toJSONSchema(type, { io: 'input', unrepresentable: 'any' }) as Schema
}

/** Its alternatives, or itself. */
export function alternatives({ anyOf, oneOf, ...schema }: Schema): readonly Schema[] {
  return anyOf ?? oneOf ?? [schema]
}

/** The patterns that a string must match. */
export function patternsOf({ pattern, allOf = [] }: Schema): RegExp[] {
  return [pattern, ...allOf.map((one) => one.pattern)].flatMap((one) =>
    one === undefined ? [] : [new RegExp(one, 'u')],
  )
}

/** Whether any text will do, so that it goes on to where it is used. */
export function isFreeText(schema: Schema): boolean {
  return schema.type === 'string' && !schema.enum && schema.const === undefined && patternsOf(schema).length === 0
}
