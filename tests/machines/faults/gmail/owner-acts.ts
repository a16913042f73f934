import { isDelivered, mailboxRow, newestSend } from './rows.ts'
import type { GmailTrial } from './gmail-trial.ts'

/** What an owner does who reads what the product tells them, once the fault is over. */
export async function ownerActs(trial: GmailTrial): Promise<void> {
  const { scene } = trial
  const { status, lastError } = await mailboxRow(scene)
  const asksForConsent = status === 'needs_reauth' || lastError === 'SCOPE_MISSING' || lastError === 'DOMAIN_POLICY'
  if (asksForConsent) await scene.app.reconnect(scene.owner)
  await settleUnknown(trial)
  await approveAgain(trial)
}

/** They look into Gmail, and say what they see. */
async function settleUnknown({ scene, api }: GmailTrial): Promise<void> {
  const send = await newestSend(scene)
  if (send?.state !== 'UNKNOWN') return
  const outcome = (await isDelivered(scene, send.id)) ? 'sent' : 'not_sent'
  const { version } = await api.drafts.get({ draftId: send.draftId })
  await api.drafts.resolveSend({ draftId: send.draftId, version, outcome })
}

async function approveAgain({ scene, api }: GmailTrial): Promise<void> {
  const send = await newestSend(scene)
  if (send?.draft !== 'pending') return
  const { version } = await api.drafts.get({ draftId: send.draftId })
  await api.drafts.approve({ acceptOpenQuestions: true, draftId: send.draftId, version })
}
