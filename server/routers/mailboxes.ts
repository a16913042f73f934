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
import { startConsent } from '../services/google-consent.ts'
import { disconnectMailbox } from '../services/mailbox-disconnection.ts'
import { listOwnMailboxes, requestSync } from '../services/mailboxes.ts'
import { publicProcedure, readProcedure, router, sensitiveProcedure, userProcedure } from './trpc.ts'

export const mailboxesRouter = router({
  /** A log-in needs no session; the other purposes do. */
  authorizeUrl: publicProcedure
    .input(AuthorizeUrlInput)
    .output(AuthorizeUrl)
    .mutation(({ ctx, input }) => startConsent(ctx, input)),
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
