import { ListTracesInput, Replay, Trace, TraceInput, TracePage } from '../../shared-types/index.ts'
import { getTrace, listTraces } from '../db/runs/traces.ts'
import { replayTrace } from '../services/replay.ts'
import { readProcedure, router, userProcedure } from './trpc.ts'

export const tracesRouter = router({
  list: readProcedure
    .input(ListTracesInput.prefault({}))
    .output(TracePage)
    .query(({ ctx, input }) => listTraces(ctx.db, ctx.userId, input)),
  get: readProcedure
    .input(TraceInput)
    .output(Trace)
    .query(({ ctx, input }) => getTrace(ctx.db, ctx.userId, input.traceId)),
  replay: userProcedure
    .input(TraceInput)
    .output(Replay)
    .mutation(({ ctx, input, signal }) => replayTrace(ctx, ctx.userId, input.traceId, signal)),
})
