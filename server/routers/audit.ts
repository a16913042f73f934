import { AuditPage, AuditVerdict, ListAuditInput, NoInput } from '../../shared-types/index.ts'
import { listAudit, verifyAudit } from '../db/accounts/audit.ts'
import { router, sensitiveProcedure } from './trpc.ts'

export const auditRouter = router({
  list: sensitiveProcedure
    .input(ListAuditInput.prefault({}))
    .output(AuditPage)
    .query(({ ctx, input }) => listAudit(ctx.db, ctx.userId, input)),
  verify: sensitiveProcedure
    .input(NoInput)
    .output(AuditVerdict)
    .query(({ ctx }) => verifyAudit(ctx.db, ctx.userId)),
})
