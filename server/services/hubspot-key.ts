import type { HubspotKeyState, SetHubspotKeyInput } from '../../shared-types/index.ts'
import type { AppContext, RequestContext } from '../context.ts'
import { deleteHubspotKey, hubspotKeyPlace, upsertHubspotKey } from '../db/accounts/hubspot-keys.ts'
import { lockSettings, updateSettings } from '../db/accounts/settings.ts'
import { AppError, isUpstream } from '../errors.ts'
import { inTransaction, step } from '../step.ts'
import { auditRequest } from './signed-in.ts'

/**
 * Keeps the key sealed, or removes it. It is tried first: CRM_KEY_REFUSED for one that HubSpot does not take. While HubSpot
 * does not answer it is kept untried: a wrong one is told of by the first run that uses it.
 */
export async function setHubspotKey(
  ctx: RequestContext,
  userId: string,
  { key }: SetHubspotKeyInput,
): Promise<HubspotKeyState> {
  if (key === null) return removeHubspotKey(ctx, userId)
  const state = await tryKey(ctx, key)
  const sealedKey = ctx.sealer.seal(key, hubspotKeyPlace(userId))
  await inTransaction(ctx, 'set-hubspot-key', async (trx) => {
    await upsertHubspotKey(trx, userId, { sealedKey, setAt: ctx.clock.now().toISOString() })
    await auditRequest(ctx, trx, userId, 'HUBSPOT_KEY_SET')
  })
  return { state }
}

async function tryKey({ hubspot, stopping, logger }: AppContext, key: string): Promise<'works' | 'untried'> {
  try {
    await step('hubspot-try-key', () => hubspot.tryKey(key, stopping))
    return 'works'
  } catch (error) {
    if (isUpstream(error, 'needs_reauth', 'scope_missing')) throw refused(error)
    if (!isUpstream(error)) throw error
    logger.warn({ err: error }, 'a key of HubSpot is kept without having been tried')
    return 'untried'
  }
}

function refused(error: Error & { readonly kind: string }): AppError {
  const message =
    error.kind === 'scope_missing'
      ? 'With this key no contacts may be read: give its app in HubSpot the scope crm.objects.contacts.read.'
      : 'HubSpot does not take this key.'
  return new AppError('CRM_KEY_REFUSED', message, { cause: error })
}

/** Whoever chose HubSpot is back at what the server does by itself. */
async function removeHubspotKey(ctx: RequestContext, userId: string): Promise<HubspotKeyState> {
  await inTransaction(ctx, 'remove-hubspot-key', async (trx) => {
    const { crm } = await lockSettings(trx, userId)
    if (!(await deleteHubspotKey(trx, userId))) return
    if (crm === 'hubspot') await updateSettings(trx, userId, { crm: 'default' })
    await auditRequest(ctx, trx, userId, 'HUBSPOT_KEY_REMOVED')
  })
  return { state: 'removed' }
}
