import type { ListTrustInput, TrustPage } from '../../shared-types/index.ts'
import { agentVersion } from '../agent/prompts.ts'
import type { AppContext } from '../context.ts'
import { getSettings } from '../db/accounts/settings.ts'
import { listStandings } from '../db/sending/trust.ts'

/** What each intent and each correspondent still lacks before the present agent may answer unread. */
export async function listTrust(ctx: AppContext, userId: string, input: ListTrustInput): Promise<TrustPage> {
  const { trustApprovals: needed } = await getSettings(ctx.db, userId)
  const present = { now: ctx.clock.now(), agentVersion: agentVersion(ctx.model) }
  const { items, nextCursor } = await listStandings(ctx.db, userId, input, present)
  const lacking = items.map((item) => ({ ...item, needed, missing: Math.max(0, needed - item.approvals) }))
  return { items: lacking, nextCursor }
}
