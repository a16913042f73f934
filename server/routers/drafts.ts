import {
  AnswerDraftInput,
  ApproveDraftInput,
  BulkApproveInput,
  BulkOutcome,
  BulkRejectInput,
  Draft,
  DraftInput,
  DraftInRewriting,
  DraftPage,
  DraftVersionInput,
  DraftWithOriginal,
  EditDraftInput,
  ListDraftsInput,
  RegenerateDraftInput,
  RejectDraftInput,
  ResolveSendInput,
  ScheduleDraftInput,
} from '../../shared-types/index.ts'
import { listDrafts } from '../db/sending/drafts.ts'
import { approveDrafts, rejectDrafts } from '../services/bulk-decisions.ts'
import {
  approveDraft,
  cancelSend,
  editDraft,
  readDraft,
  rejectDraft,
  scheduleDraft,
  undoReject,
} from '../services/drafts.ts'
import { answerDraft, regenerateDraft } from '../services/redraft.ts'
import { resolveSend } from '../services/sending/resolve-send.ts'
import { draftProcedure, readProcedure, router, userProcedure } from './trpc.ts'

export const draftsRouter = router({
  list: readProcedure
    .input(ListDraftsInput.prefault({}))
    .output(DraftPage)
    .query(({ ctx, input }) => listDrafts(ctx.db, ctx.userId, input)),
  get: readProcedure
    .input(DraftInput)
    .output(DraftWithOriginal)
    .query(({ ctx, input }) => readDraft(ctx, ctx.userId, input.draftId)),
  edit: draftProcedure
    // 50,000 characters, each of up to six bytes in JSON.
    .meta({ maxBodyBytes: 310_000 })
    .input(EditDraftInput)
    .output(Draft)
    .mutation(({ ctx, input }) => editDraft(ctx, ctx.caller, input)),
  approve: userProcedure
    .input(ApproveDraftInput)
    .output(Draft)
    .mutation(({ ctx, input }) => approveDraft(ctx, ctx.userId, input)),
  reject: userProcedure
    .input(RejectDraftInput)
    .output(Draft)
    .mutation(({ ctx, input }) => rejectDraft(ctx, ctx.userId, input)),
  undoReject: userProcedure
    .input(DraftVersionInput)
    .output(Draft)
    .mutation(({ ctx, input }) => undoReject(ctx, ctx.userId, input)),
  cancelSend: userProcedure
    .input(DraftVersionInput)
    .output(Draft)
    .mutation(({ ctx, input }) => cancelSend(ctx, ctx.userId, input)),
  schedule: userProcedure
    .input(ScheduleDraftInput)
    .output(Draft)
    .mutation(({ ctx, input }) => scheduleDraft(ctx, ctx.userId, input)),
  regenerate: draftProcedure
    // 2,000 characters, each of up to six bytes in JSON; answers up to ten times as many.
    .meta({ maxBodyBytes: 16_000 })
    .input(RegenerateDraftInput)
    .output(DraftInRewriting)
    .mutation(({ ctx, input }) => regenerateDraft(ctx, ctx.caller, input)),
  answer: draftProcedure
    .meta({ maxBodyBytes: 130_000 })
    .input(AnswerDraftInput)
    .output(DraftInRewriting)
    .mutation(({ ctx, input }) => answerDraft(ctx, ctx.caller, input)),
  bulkApprove: userProcedure
    .input(BulkApproveInput)
    .output(BulkOutcome)
    .mutation(({ ctx, input }) => approveDrafts(ctx, ctx.userId, input)),
  bulkReject: userProcedure
    .meta({ maxBodyBytes: 16_000 })
    .input(BulkRejectInput)
    .output(BulkOutcome)
    .mutation(({ ctx, input }) => rejectDrafts(ctx, ctx.userId, input)),
  resolveSend: userProcedure
    .input(ResolveSendInput)
    .output(Draft)
    .mutation(({ ctx, input }) => resolveSend(ctx, ctx.userId, input)),
})
