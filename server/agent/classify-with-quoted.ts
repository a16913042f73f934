import type { Reason } from '../../shared-types/index.ts'
import { findEarlierTexts } from '../db/emails/thread-texts.ts'
import { cutText, historyOf, linesOf, withoutHeld } from './cut-text.ts'
import { longestText, mailFacts } from './mail-facts.ts'
import type { StepContext } from './agent-step.ts'
import type { Classification } from './state.ts'

const reason: Reason = {
  code: 'ASKS_IN_QUOTE',
  text: 'The question stands in a part that looked like quoted text.',
}

/**
 * A mail that asks nothing in what its sender seems to have written is read once more with what was cut from it, but for
 * lines that earlier mails of the thread hold. The classification if it asks something there, else null.
 */
export async function classifyWithQuoted(
  { ctx, input }: StepContext,
  ask: (mail: ReturnType<typeof mailFacts>) => Promise<Classification>,
): Promise<Classification | null> {
  const lines = linesOf({ ...input.email, text: input.email.text.slice(0, longestText) })
  if (cutText(lines, 1) === '') return null
  const history = historyOf(await findEarlierTexts(ctx.db, input.userId, input.email))
  const unknown = withoutHeld(lines, history)
  if (!unknown.some(({ isCut }) => isCut)) return null

  const text = unknown.map((line) => line.text).join('\n')
  const answer = await ask({ ...mailFacts(input, { isWhole: true }), text: text.toWellFormed() })
  const isHistory = answer.asks.length > 0 && answer.asks.every((asked) => history.holds(asked.text))
  return answer.needsReply && !isHistory ? { ...answer, reason, asksInQuote: true } : null
}
