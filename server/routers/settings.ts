import {
  HubspotKeyState,
  NoInput,
  SetHubspotKeyInput,
  SettingsAnswer,
  UpdateSettingsInput,
} from '../../shared-types/index.ts'
import { setHubspotKey } from '../services/hubspot-key.ts'
import { changeSettings, readSettings } from '../services/settings.ts'
import { readProcedure, router, userProcedure } from './trpc.ts'

export const settingsRouter = router({
  get: readProcedure
    .input(NoInput)
    .output(SettingsAnswer)
    .query(({ ctx }) => readSettings(ctx, ctx.userId)),
  update: userProcedure
    .meta({ maxBodyBytes: 1_000_000 })
    .input(UpdateSettingsInput)
    .output(SettingsAnswer)
    .mutation(({ ctx, input }) => changeSettings(ctx, ctx.userId, input)),
  setHubspotKey: userProcedure
    .input(SetHubspotKeyInput)
    .output(HubspotKeyState)
    .mutation(({ ctx, input }) => setHubspotKey(ctx, ctx.userId, input)),
})
