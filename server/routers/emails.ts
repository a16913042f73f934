import {
  CorrectIntentInput,
  Email,
  EmailInput,
  EmailItem,
  EmailPage,
  EmailStats,
  ListEmailsInput,
  ListQuarantinedInput,
  ListWaitingInput,
  NoInput,
  ProcessEmailInput,
  QuarantinedInput,
  QuarantinedPage,
  RetryStarted,
  RunStarted,
  Thread,
  ThreadInput,
  WaitingPage,
} from '../../shared-types/index.ts'
import { getEmail, getThread } from '../db/emails/detail.ts'
import { getEmailStats } from '../db/emails/stats.ts'
import { listEmails } from '../db/emails/emails.ts'
import { listWaiting } from '../db/emails/waiting.ts'
import { listQuarantined } from '../db/mailboxes/quarantine.ts'
import { dismissEmail } from '../services/dismissal.ts'
import { correctIntent } from '../services/intent-correction.ts'
import { retryQuarantined } from '../services/quarantine.ts'
import { requestClassification, requestRun } from '../services/runs.ts'
import { draftProcedure, readProcedure, router, userProcedure } from './trpc.ts'

export const emailsRouter = router({
  list: readProcedure
    .input(ListEmailsInput.prefault({}))
    .output(EmailPage)
    .query(({ ctx, input }) => listEmails(ctx.db, ctx.userId, input)),
  get: readProcedure
    .input(EmailInput)
    .output(Email)
    .query(({ ctx, input }) => getEmail(ctx.db, ctx.userId, input.emailId)),
  thread: readProcedure
    .input(ThreadInput)
    .output(Thread)
    .query(({ ctx, input }) => getThread(ctx.db, ctx.userId, input.threadId)),
  stats: readProcedure
    .input(NoInput)
    .output(EmailStats)
    .query(({ ctx }) => getEmailStats(ctx.db, ctx.userId)),
  waiting: readProcedure
    .input(ListWaitingInput.prefault({}))
    .output(WaitingPage)
    .query(({ ctx, input }) => listWaiting(ctx.db, ctx.userId, input, ctx.clock.now())),
  process: draftProcedure
    .meta({ maxBodyBytes: 16_000 })
    .input(ProcessEmailInput)
    .output(RunStarted)
    .mutation(({ ctx, input }) => requestRun(ctx, ctx.caller, input)),
  classify: draftProcedure
    .input(EmailInput)
    .output(RunStarted)
    .mutation(({ ctx, input }) => requestClassification(ctx, ctx.userId, input.emailId)),
  dismiss: userProcedure
    .input(EmailInput)
    .output(EmailItem)
    .mutation(({ ctx, input }) => dismissEmail(ctx, ctx.userId, input.emailId)),
  correctIntent: userProcedure
    .input(CorrectIntentInput)
    .output(EmailItem)
    .mutation(({ ctx, input }) => correctIntent(ctx, ctx.userId, input)),
  quarantined: readProcedure
    .input(ListQuarantinedInput.prefault({}))
    .output(QuarantinedPage)
    .query(({ ctx, input }) => listQuarantined(ctx.db, ctx.userId, input)),
  retryQuarantined: userProcedure
    .input(QuarantinedInput)
    .output(RetryStarted)
    .mutation(({ ctx, input }) => retryQuarantined(ctx, ctx.userId, input.id)),
})
