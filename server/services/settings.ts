import type { Settings, UpdateSettingsInput } from '../../shared-types/index.ts'
import type { AppContext } from '../context.ts'
import { writeAudit } from '../db/accounts/audit.ts'
import { updateSettings } from '../db/accounts/settings.ts'
import { inTransaction } from '../step.ts'

/** Changes what is named; what waits for a budget goes on at once under another one. */
export async function changeSettings(ctx: AppContext, userId: string, changes: UpdateSettingsInput): Promise<Settings> {
  const hasBudget = changes.dailyModelBudget !== undefined || changes.dailyTokenBudget !== undefined
  return inTransaction(ctx, 'update-settings', async (trx) => {
    const settings = await updateSettings(trx, userId, changes)
    if (hasBudget)
      for (const name of ['process-email', 'embed-emails'] as const) await ctx.jobs.makeDueNow(trx, name, userId)
    const detail = { names: Object.keys(changes).toSorted().join(' ') }
    if (detail.names !== '') await writeAudit(trx, userId, { at: ctx.clock.now(), action: 'SETTINGS_CHANGED', detail })
    return settings
  })
}
