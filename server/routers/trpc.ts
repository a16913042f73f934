import { initTRPC, type TRPCError } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc'
import type { ErrorReason, TokenScope } from '../../shared-types/index.ts'
import { isProgram, type ProgramCaller, type RequestContext } from '../context.ts'
import { AppError } from '../errors.ts'
import { currentRequestId } from '../logger.ts'
import { assertAlive } from '../services/signed-in.ts'
import { traced } from '../tracing.ts'
import { fieldErrorsOf, toTrpcError } from './error-mapping.ts'

export { toTrpcError } from './error-mapping.ts'

/** What every error carries beside tRPC's own code; `fieldErrors` when the input was wrong. */
export interface ErrorData {
  readonly reason: ErrorReason
  readonly requestId: string | null
  readonly fieldErrors: Record<string, string[]> | null
}

/** What is known of a procedure before it is called. */
export interface ProcedureMeta {
  /** Its largest valid input; where it says nothing, `usualBodyBytes`. */
  readonly maxBodyBytes?: number
  /** What a program's token must allow; where it says nothing, no program may call it. */
  readonly programs?: TokenScope
}

/** Enough for ids, a login and a reason: what anybody may send costs next to nothing to read and to refuse. */
export const usualBodyBytes = 8_000

const t = initTRPC
  .context<RequestContext>()
  .meta<ProcedureMeta>()
  .create({
    // Off whatever NODE_ENV says: it would put stacks into answers.
    isDev: false,
    // Often enough for proxies, which give up a silent connection after a minute; a client gives up after two pings.
    sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 40_000 } },
    errorFormatter({ shape, error, ctx }) {
      const failure = appErrorOf(error)
      return { ...shape, message: failure.message, data: { ...shape.data, ...dataOf(failure, ctx?.requestId) } }
    },
  })

export const { router, createCallerFactory } = t

/** Any person may call it. A program is refused here, before anything else, unless the procedure says otherwise. */
export const publicProcedure = t.procedure
  .use(async ({ next, path, type }) => {
    const answer = async () => {
      const result = await next()
      if (!result.ok) throw toTrpcError(result.error)
      return result
    }
    return type === 'mutation' ? traced(path, { isRoot: true, kind: 'server' }, answer) : answer()
  })
  .use(({ ctx, meta, next }) => {
    if (ctx.caller && isProgram(ctx.caller)) assertAllowed(ctx.caller, meta?.programs)
    return next()
  })

/** Needs an access token; a mutation also needs that its session was not ended meanwhile. UNAUTHENTICATED. */
export const userProcedure = publicProcedure.use(async ({ ctx, type, next }) => {
  const { caller } = ctx
  if (!caller) throw new AppError('UNAUTHENTICATED', 'Sign in first.')
  // A program's token was looked up for this very request.
  if (type === 'mutation' && !isProgram(caller)) await assertAlive(ctx.db, caller)
  return next({ ctx: { caller, userId: caller.userId } })
})

/** The same, open to programs that may read. */
export const readProcedure = userProcedure.meta({ programs: 'read' })

/** The same, open to programs that may draft: it neither sends nor decides, and whatever comes of it is reviewed. */
export const draftProcedure = userProcedure.meta({ programs: 'draft' })

/** For what concerns the session itself, and for a query that must not be answered to an ended one. */
export const sensitiveProcedure = userProcedure.use(async ({ ctx, type, next }) => {
  const { caller } = ctx
  if (isProgram(caller)) throw notForPrograms()
  if (type === 'query') await assertAlive(ctx.db, caller)
  return next({ ctx: { caller } })
})

function assertAllowed({ scopes }: ProgramCaller, wanted: TokenScope | undefined): void {
  if (wanted === undefined) throw notForPrograms()
  if (scopes.includes(wanted) || scopes.includes('draft')) return
  throw new AppError('TOKEN_SCOPE', `This token may only read. For this, make one with the scope “${wanted}”.`)
}

function notForPrograms(): AppError {
  return new AppError('TOKEN_SCOPE', 'No personal token allows this: sign in and do it yourself.')
}

/** The body of an error outside any procedure, in the shape every tRPC client reads. */
export function errorShapeOf(error: TRPCError) {
  const { code } = error
  const failure = appErrorOf(error)
  const httpStatus = getHTTPStatusCodeFromError(error)
  return {
    message: failure.message,
    code: TRPC_ERROR_CODES_BY_KEY[code],
    data: { code, httpStatus, ...dataOf(failure, undefined) },
  }
}

/** The reason behind a tRPC error, whichever layer threw it. */
export function appErrorOf(error: TRPCError): AppError {
  return error.cause instanceof AppError ? error.cause : (toTrpcError(error).cause as AppError)
}

function dataOf(failure: AppError, requestId: string | undefined): ErrorData {
  return {
    reason: failure.reason,
    requestId: requestId ?? currentRequestId(),
    fieldErrors: fieldErrorsOf(failure),
  }
}
