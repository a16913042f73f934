import { NoInput, Settings, UpdateSettingsInput } from '../../shared-types/index.ts'
import { getSettings } from '../db/accounts/settings.ts'
import { changeSettings } from '../services/settings.ts'
import { readProcedure, router, userProcedure } from './trpc.ts'

export const settingsRouter = router({
  get: readProcedure
    .input(NoInput)
    .output(Settings)
    .query(({ ctx }) => getSettings(ctx.db, ctx.userId)),
  update: userProcedure
    .meta({ maxBodyBytes: 1_000_000 })
    .input(UpdateSettingsInput)
    .output(Settings)
    .mutation(({ ctx, input }) => changeSettings(ctx, ctx.userId, input)),
})
