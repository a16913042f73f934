// The package's router beside the server's own, which stands behind it: whatever is inferred must be the very same.
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import type { AppRouter as Packed } from 'reasonflow-client/router'
import type { AppRouter } from '../../../server/router.ts'
import { exactly } from './exactly.ts'

type Shape<Router extends { _def: { _config: { $types: { errorShape: object } } } }> = Whole<
  Router['_def']['_config']['$types']['errorShape']
>
/** One object out of what may be an intersection. */
type Whole<T> = { [K in keyof T]: T[K] }
type Kinds<Record> = {
  [Group in keyof Record]: {
    [Name in keyof Record[Group]]: Record[Group][Name] extends { _def: { type: infer Kind } } ? Kind : never
  }
}

exactly<inferRouterInputs<Packed>, inferRouterInputs<AppRouter>>()
exactly<inferRouterOutputs<Packed>, inferRouterOutputs<AppRouter>>()
exactly<Shape<Packed>, Shape<AppRouter>>()
exactly<Kinds<Packed['_def']['record']>, Kinds<AppRouter['_def']['record']>>()
exactly<Packed['_def']['_config']['$types']['transformer'], AppRouter['_def']['_config']['$types']['transformer']>()
