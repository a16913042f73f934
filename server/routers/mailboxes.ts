import {
  AuthorizeUrl,
  AuthorizeUrlInput,
  DisconnectMailboxInput,
  Done,
  EstimateImportInput,
  ImportEstimate,
  ListMailboxesInput,
  MailboxList,
  SyncMailboxInput,
  SyncStarted,
} from '../../shared-types/index.ts'
import { estimateImport } from '../services/sync/import-estimate.ts'
import { startConnect } from '../services/mailbox-connection.ts'
import { disconnectMailbox } from '../services/mailbox-disconnection.ts'
import { listOwnMailboxes, requestSync } from '../services/mailboxes.ts'
import { readProcedure, router, sensitiveProcedure, userProcedure } from './trpc.ts'

export const mailboxesRouter = router({
  authorizeUrl: sensitiveProcedure
    .input(AuthorizeUrlInput)
    .output(AuthorizeUrl)
    .mutation(({ ctx, input }) => startConnect(ctx, ctx.caller, input)),
  list: readProcedure
    .input(ListMailboxesInput)
    .output(MailboxList)
    .query(({ ctx, input }) => listOwnMailboxes(ctx, ctx.userId, input)),
  estimateImport: readProcedure
    .input(EstimateImportInput)
    .output(ImportEstimate)
    .query(({ ctx, input }) => estimateImport(ctx, ctx.userId, input)),
  sync: userProcedure
    .input(SyncMailboxInput)
    .output(SyncStarted)
    .mutation(({ ctx, input }) => requestSync(ctx, ctx.userId, input.mailboxId)),
  disconnect: sensitiveProcedure
    .input(DisconnectMailboxInput)
    .output(Done)
    .mutation(({ ctx, input }) => disconnectMailbox(ctx, ctx.userId, input)),
})
