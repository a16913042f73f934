import { z } from 'zod'
import { variablesOf } from '../../../shared-types/index.ts'
import { isUpstream } from '../../errors.ts'
import type { AgentStep, StepContext } from '../agent-step.ts'
import { askModel } from '../ask-model.ts'
import { mailFacts } from '../mail-facts.ts'
import { decidePrompt } from '../prompts.ts'
import { templateToSend } from '../reply-kind.ts'
import type { RunInput, RunState, ToolName } from '../state.ts'
import { catalogFor, toolNamed } from '../tools/catalog.ts'
import { isInHubspot } from '../tools/hubspot.ts'

/** Which tools to run: fixed an intent and mode, but for those that a model may pick. */
export const decide: AgentStep<'decide'> = {
  name: 'decide',
  isInward: true,
  async run(run) {
    const { always, optional } = catalogFor(run.state.classify?.intent ?? 'other', shareable(run))
    const picked = optional.length === 0 ? [] : ((await slotsOfTemplate(run)) ?? (await pick(run, optional)))
    const chosen = [...always, ...optional.filter((name) => picked.includes(name))]
    const tools = chosen.filter((name) => name !== 'hubspot' || isInHubspot(run.ctx, run.input))
    return { addition: { tools }, output: { tools } }
  },
}

/** What the receiver of a reply that goes out unread may know; null: the owner reads it, so anything. */
function shareable({ input, state }: { input: RunInput; state: RunState }): ToolName[] | null {
  if (state.gate?.mode !== 'maySend') return null
  return input.settings.freeBusyShareable ? ['templates', 'availability'] : ['templates']
}

/** What the template is filled in with that this run may send; null where it sends none. */
async function slotsOfTemplate(run: StepContext): Promise<ToolName[] | null> {
  const template = await templateToSend(run)
  return template ? (variablesOf(template.body).includes('times') ? ['availability'] : []) : null
}

/** Without the model's word the reply is drafted from what is always looked up. */
async function pick(run: StepContext, optional: readonly ToolName[]): Promise<readonly string[]> {
  const { ctx, input, state } = run
  const facts = {
    task: 'decide',
    mail: mailFacts(input, { isWhole: state.classify?.asksInQuote === true }),
    intent: state.classify?.intent ?? 'other',
    tools: optional.map((name) => ({ name, purpose: toolNamed(name).purpose })),
  } as const
  const schema = z.object({ tools: z.array(z.enum(optional)).max(optional.length) })
  try {
    return (await askModel(run, { facts, ...decidePrompt(facts), schema, maxOutputTokens: 200 })).tools
  } catch (error) {
    if (!isUpstream(error) || run.signal.aborted) throw error
    ctx.logger.warn({ err: error }, 'nobody could say what to look up beside the usual')
    return []
  }
}
