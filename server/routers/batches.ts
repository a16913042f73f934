import {
  Batch,
  BatchInput,
  BatchPage,
  ClassifyBatchInput,
  ListBatchesInput,
  ProcessBatchInput,
} from '../../shared-types/index.ts'
import { getBatch, listBatches } from '../db/runs/batches.ts'
import { cancelBatch, createBatch, retryFailed } from '../services/batches.ts'
import { draftProcedure, readProcedure, router } from './trpc.ts'

export const batchesRouter = router({
  classify: draftProcedure
    .input(ClassifyBatchInput)
    .output(Batch)
    .mutation(({ ctx, input }) => createBatch(ctx, ctx.caller, 'classify', input.emailIds)),
  process: draftProcedure
    .input(ProcessBatchInput)
    .output(Batch)
    .mutation(({ ctx, input }) => createBatch(ctx, ctx.caller, 'process', input.emailIds)),
  cancel: draftProcedure
    .input(BatchInput)
    .output(Batch)
    .mutation(({ ctx, input }) => cancelBatch(ctx, ctx.userId, input.batchId)),
  retryFailed: draftProcedure
    .input(BatchInput)
    .output(Batch)
    .mutation(({ ctx, input }) => retryFailed(ctx, ctx.caller, input.batchId)),
  get: readProcedure
    .input(BatchInput)
    .output(Batch)
    .query(({ ctx, input }) => getBatch(ctx.db, ctx.userId, input.batchId)),
  list: readProcedure
    .input(ListBatchesInput.prefault({}))
    .output(BatchPage)
    .query(({ ctx, input }) => listBatches(ctx.db, ctx.userId, input)),
})
