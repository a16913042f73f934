import { z } from 'zod'
import * as contract from '../../../shared-types/index.ts'
import { StartError } from '../../errors.ts'
import { appRouter } from '../../router.ts'

interface Procedure {
  readonly _def: {
    readonly type: 'query' | 'mutation' | 'subscription'
    readonly inputs: readonly z.ZodType[]
    readonly output?: z.ZodType
  }
}

/** What a subscription sends, by its name: tRPC keeps no schema of it. */
const streamed: Readonly<Record<string, z.ZodType>> = { 'notifications.stream': contract.Notification }

const names = new Map<unknown, string>(Object.entries(contract).map(([name, schema]) => [schema, name]))

/** The declaration of `AppRouter`, through the schemas and nothing else: written from the router as it is offered. */
export function routerTypes(): string {
  const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, Procedure>)
  const groups = Map.groupBy(procedures, ([path]) => path.split('.')[0])
  const record = [...groups].flatMap(([group, members]) => [
    `    ${group}: {`,
    ...members.map(([path, procedure]) => `      ${path.split('.')[1]}: ${typeOf(path, procedure)}`),
    '    }',
  ])
  return `${head}\n${record.join('\n')}\n  }\n>\n`
}

const head = `import type {
  TRPC_ERROR_CODE_KEY,
  TRPC_ERROR_CODE_NUMBER,
  TRPCBuiltRouter,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
  TRPCSubscriptionProcedure,
} from '@trpc/server'
import type { z } from 'zod'
import type * as schemas from './schemas/index.js'

type In<T extends z.ZodType> = z.input<T>
type Out<T extends z.ZodType> = z.output<T>
type Query<Input, Output> = TRPCQueryProcedure<{ input: Input; output: Output; meta: object }>
type Mutation<Input, Output> = TRPCMutationProcedure<{ input: Input; output: Output; meta: object }>
type Subscription<Input, Item> = TRPCSubscriptionProcedure<{
  input: Input
  output: AsyncIterable<{ id: string; data: Item }, void, any>
  meta: object
}>

/** What every error carries beside its message. */
export interface ErrorData {
  reason: schemas.ErrorReason
  /** Names the request in the server's log. */
  requestId: string | null
  /** By the names of the fields, when the input was wrong. */
  fieldErrors: Record<string, string[]> | null
  code: TRPC_ERROR_CODE_KEY
  httpStatus: number
  path?: string
  stack?: string
}

export type AppRouter = TRPCBuiltRouter<
  {
    ctx: object
    meta: object
    errorShape: { message: string; data: ErrorData; code: TRPC_ERROR_CODE_NUMBER }
    transformer: false
  },
  {`

function typeOf(path: string, { _def: { type, inputs, output } }: Procedure): string {
  const [input] = inputs
  const answer = type === 'subscription' ? streamed[path] : output
  if (path.split('.').length !== 2 || !input || inputs.length > 1 || !answer)
    throw new StartError(
      `${path} is not a procedure of a group with one input and one output: its type cannot be told.`,
    )
  const kind = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' }[type]
  return `${kind}<${inputOf(path, input)}, Out<typeof schemas.${nameOf(path, answer)}>>`
}

function inputOf(path: string, schema: z.ZodType): string {
  // A schema that the router alone lets be left out as a whole.
  const isOptional = !names.has(schema) && schema instanceof z.ZodPrefault
  if (isOptional) return `${inputOf(path, schema.def.innerType as z.ZodType)} | undefined`
  return `In<typeof schemas.${nameOf(path, schema)}>`
}

function nameOf(path: string, schema: z.ZodType): string {
  const name = names.get(schema)
  if (name === undefined) throw new StartError(`${path} has a schema that is no export of shared-types: export it.`)
  return name
}
