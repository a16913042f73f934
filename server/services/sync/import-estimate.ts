import type { EstimateImportInput, ImportEstimate, Settings } from '../../../shared-types/index.ts'
import type { AppContext } from '../../context.ts'
import { getSettings } from '../../db/accounts/settings.ts'
import { isUpstream } from '../../errors.ts'
import type { LanguageModel, MailboxRef } from '../../ports.ts'
import { step } from '../../step.ts'
import { assertActive } from '../mailboxes.ts'

const limit = 500
const pagesToCount = 2
const timeoutMs = 20_000
const dayMs = 86_400_000
/** One messages.get, and its share of the pages of the list. */
const unitsPerMessage = 20.1
/** Of a minute's units, what a sync that goes on and on gets. */
const usableShare = 0.9
/** A mail of a page or less with its context, and a reply of some paragraphs. */
const tokens = {
  classify: { input: 1_000, output: 150 },
  decide: { input: 1_000, output: 50 },
  generate: { input: 3_000, output: 400 },
} as const

/** What the owner sees before an import. NOT_FOUND, GMAIL_NEEDS_REAUTH, MAILBOX_DISCONNECTED, UPSTREAM_FAILED. */
export async function estimateImport(
  ctx: AppContext,
  userId: string,
  { mailboxId, lookBackDays }: EstimateImportInput,
): Promise<ImportEstimate> {
  await assertActive(ctx.db, userId, mailboxId)
  const counted = await countMessages(ctx, { userId, mailboxId }, lookBackDays * dayMs)
  const minutes = (counted.messages * unitsPerMessage) / (ctx.config.gmailUnitsPerMinute * usableShare)
  const costPerMessage = costOf(ctx.model, await getSettings(ctx.db, userId))
  return {
    ...counted,
    quotaMinutes: Math.ceil(minutes),
    modelCost: costPerMessage === null ? null : Number((counted.messages * costPerMessage).toPrecision(3)),
  }
}

/** Gmail's own estimate of a long list is a guess; how old the thousandth message is says more. */
async function countMessages(
  ctx: AppContext,
  mailbox: MailboxRef,
  lookBackMs: number,
): Promise<Pick<ImportEstimate, 'messages' | 'isCounted'>> {
  const signal = AbortSignal.timeout(timeoutMs)
  const now = ctx.clock.now().getTime()
  const after = new Date(now - lookBackMs)
  const listPage = (place: { pageToken?: string }) =>
    step('gmail-list-messages', () => ctx.mailbox.listMessages(mailbox, { after, limit, ...place }, signal))
  const ids: string[] = []
  let place: { pageToken?: string } = {}
  for (let page = 0; page < pagesToCount; page++) {
    const listed = await listPage(place)
    ids.push(...listed.ids)
    if (listed.nextPageToken === null) return { messages: ids.length, isCounted: true }
    place = { pageToken: listed.nextPageToken }
  }
  const oldest = await arrivalOfLast(ctx, mailbox, ids, signal)
  const spanMs = Math.max(1, now - (oldest ?? after).getTime())
  return { messages: Math.max(ids.length, Math.round((ids.length * lookBackMs) / spanMs)), isCounted: false }
}

/** When the last of these messages came; an earlier one stands in for one that is gone or cannot be read. */
async function arrivalOfLast(ctx: AppContext, mailbox: MailboxRef, ids: readonly string[], signal: AbortSignal) {
  for (const gmailId of ids.slice(-5).toReversed()) {
    try {
      const message = await step('gmail-get-message', () => ctx.mailbox.getMessage(mailbox, gmailId, signal))
      return message.receivedAt
    } catch (error) {
      if (!isUpstream(error, 'not_found', 'rejected')) throw error
    }
  }
  return undefined
}

/** US dollars a message, by what the owner's settings let the agent do with new mail. */
function costOf({ prices }: LanguageModel, { autonomy, processOnSync, classifyOnSync }: Settings): number | null {
  const processes = autonomy !== 'off' && processOnSync
  let cost = 0
  for (const task of ['classify', 'decide', 'generate'] as const) {
    if (task === 'classify' ? !processes && !classifyOnSync : !processes) continue
    const price = prices?.[task]
    if (!price) return null
    cost += (tokens[task].input * price.input + tokens[task].output * price.output) / 1_000_000
  }
  return cost
}
