import { ListTrustInput, TrustPage } from '../../shared-types/index.ts'
import { listTrust } from '../services/trust.ts'
import { router, userProcedure } from './trpc.ts'

export const trustRouter = router({
  list: userProcedure
    .input(ListTrustInput.prefault({}))
    .output(TrustPage)
    .query(({ ctx, input }) => listTrust(ctx, ctx.userId, input)),
})
