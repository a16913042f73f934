import {
  Draft,
  DraftInput,
  DraftPage,
  DraftVersionInput,
  DraftWithOriginal,
  EditDraftInput,
  ListDraftsInput,
  RejectDraftInput,
  ResolveSendInput,
  ScheduleDraftInput,
} from '../../shared-types/index.ts'
import { getDraft, listDrafts } from '../db/sending/drafts.ts'
import { approveDraft, cancelSend, editDraft, rejectDraft, scheduleDraft } from '../services/drafts.ts'
import { resolveSend } from '../services/sending/resolve-send.ts'
import { router, userProcedure } from './trpc.ts'

export const draftsRouter = router({
  list: userProcedure
    .input(ListDraftsInput.prefault({}))
    .output(DraftPage)
    .query(({ ctx, input }) => listDrafts(ctx.db, ctx.userId, input)),
  get: userProcedure
    .input(DraftInput)
    .output(DraftWithOriginal)
    .query(({ ctx, input }) => getDraft(ctx.db, ctx.userId, input.draftId)),
  edit: userProcedure
    // 50,000 characters, each of up to six bytes in JSON.
    .meta({ maxBodyBytes: 310_000 })
    .input(EditDraftInput)
    .output(Draft)
    .mutation(({ ctx, input }) => editDraft(ctx, ctx.userId, input)),
  approve: userProcedure
    .input(DraftVersionInput)
    .output(Draft)
    .mutation(({ ctx, input }) => approveDraft(ctx, ctx.userId, input)),
  reject: userProcedure
    .input(RejectDraftInput)
    .output(Draft)
    .mutation(({ ctx, input }) => rejectDraft(ctx, ctx.userId, input)),
  cancelSend: userProcedure
    .input(DraftVersionInput)
    .output(Draft)
    .mutation(({ ctx, input }) => cancelSend(ctx, ctx.userId, input)),
  schedule: userProcedure
    .input(ScheduleDraftInput)
    .output(Draft)
    .mutation(({ ctx, input }) => scheduleDraft(ctx, ctx.userId, input)),
  resolveSend: userProcedure
    .input(ResolveSendInput)
    .output(Draft)
    .mutation(({ ctx, input }) => resolveSend(ctx, ctx.userId, input)),
})
