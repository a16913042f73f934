import { NoInput, Settings, UpdateSettingsInput } from '../../shared-types/index.ts'
import { getSettings, updateSettings } from '../db/settings.ts'
import { step } from '../step.ts'
import { router, userProcedure } from './trpc.ts'

export const settingsRouter = router({
  get: userProcedure
    .input(NoInput)
    .output(Settings)
    .query(({ ctx }) => getSettings(ctx.db, ctx.userId)),
  update: userProcedure
    .meta({ maxBodyBytes: 1_000_000 })
    .input(UpdateSettingsInput)
    .output(Settings)
    .mutation(({ ctx, input }) => step('update-settings', () => updateSettings(ctx.db, ctx.userId, input))),
})
