import type { SettingsAnswer, UpdateSettingsInput } from '../../shared-types/index.ts'
import type { AppContext } from '../context.ts'
import { writeAudit } from '../db/accounts/audit.ts'
import { hasHubspotKey } from '../db/accounts/hubspot-keys.ts'
import { getSettings, setDigestDue, setRetentionDue, updateSettings } from '../db/accounts/settings.ts'
import { AppError } from '../errors.ts'
import { inTransaction } from '../step.ts'
import { nextDigest } from './digest.ts'

export async function readSettings({ db }: AppContext, userId: string): Promise<SettingsAnswer> {
  return { ...(await getSettings(db, userId)), hasHubspotKey: await hasHubspotKey(db, userId) }
}

/** Changes what is named; what waits for a budget goes on at once under another one. CRM_KEY_MISSING where HubSpot is chosen without a key. */
export async function changeSettings(
  ctx: AppContext,
  userId: string,
  { hasHubspotKey: _told, ...changes }: UpdateSettingsInput,
): Promise<SettingsAnswer> {
  const hasBudget = changes.dailyModelBudget !== undefined || changes.dailyTokenBudget !== undefined
  return inTransaction(ctx, 'update-settings', async (trx) => {
    const settings = await updateSettings(trx, userId, changes)
    const hasKey = await hasHubspotKey(trx, userId)
    if (changes.crm === 'hubspot' && !hasKey && ctx.config.crm.apiKey === null)
      throw new AppError('CRM_KEY_MISSING', 'Set a key of HubSpot first, then choose it.')
    if (changes.digestHour !== undefined || changes.timeZone !== undefined)
      await setDigestDue(trx, userId, nextDigest(settings, ctx.clock.now()))
    if (changes.retentionDays !== undefined)
      await setRetentionDue(trx, userId, settings.retentionDays === null ? null : ctx.clock.now().toISOString())
    if (hasBudget)
      for (const name of ['process-email', 'embed-emails'] as const) await ctx.jobs.makeDueNow(trx, name, userId)
    const detail = { names: Object.keys(changes).toSorted().join(' ') }
    if (detail.names !== '') await writeAudit(trx, userId, { at: ctx.clock.now(), action: 'SETTINGS_CHANGED', detail })
    return { ...settings, hasHubspotKey: hasKey }
  })
}
