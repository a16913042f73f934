import { ListTrustInput, TrustPage } from '../../shared-types/index.ts'
import { listTrust } from '../services/trust.ts'
import { readProcedure, router } from './trpc.ts'

export const trustRouter = router({
  list: readProcedure
    .input(ListTrustInput.prefault({}))
    .output(TrustPage)
    .query(({ ctx, input }) => listTrust(ctx, ctx.userId, input)),
})
