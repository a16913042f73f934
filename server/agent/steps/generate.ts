import type { GenerateOutput, Source } from '../../../shared-types/index.ts'
import { replyRecipients, replySubject } from '../../mail/recipients.ts'
import type { AgentStep, StepContext } from '../agent-step.ts'
import { sourceRefs } from '../context-facts.ts'
import { writeByModel, type Written } from '../model-reply.ts'
import { agentVersion } from '../prompts.ts'
import { provenanceOf } from '../provenance.ts'
import { templateToSend } from '../reply-kind.ts'
import { replyLanguage } from '../reply-language.ts'
import { withSignature } from '../signature.ts'
import type { ContextItem } from '../state.ts'
import { fillTemplate } from '../template-reply.ts'

/**
 * A reply that may go out unread is an approved template where there is one that code can fill in; else, and for the
 * owner's eyes, the model writes the body and nothing more: recipient, subject and signature are computed here.
 */
export const generate: AgentStep<'generate'> = {
  name: 'generate',
  async run(run) {
    const { ctx, input } = run
    const { email, settings } = input
    const { citations, context, ...reply } = (await fromTemplate(run)) ?? (await writeByModel(run))
    const body = withSignature(reply.body, settings.signature)
    const texts = ownGrounds(run)
    const { sources, sentences } = provenanceOf(body, { citations, context, texts })
    const addition = {
      ...reply,
      sources,
      sentences,
      to: replyRecipients(email),
      subject: replySubject(email.subject),
      body,
      agentVersion: agentVersion(ctx.model),
    }
    const { confidence, openQuestions, leftOut, template } = addition
    const output: GenerateOutput = {
      kind: template ? 'template' : 'free_text',
      ...(template && { template }),
      bodyLength: addition.body.length,
      confidence,
      openQuestions: openQuestions.length,
      sources: sourceRefs(sources),
      leftOut: [...(leftOut ?? [])],
    }
    return { addition, output }
  },
}

/** What a reply may say without a source: what the mail says, the times that are offered, who writes to whom. */
function ownGrounds({ input, state }: StepContext): string[] {
  const { email, settings } = input
  const earlier = (state.retrieve?.unanswered ?? []).map(({ text }) => text)
  const mail = [email.subject, email.fromName, email.text, ...earlier]
  return [...mail, ...(state.execute?.slots ?? []), email.ownerName, settings.signature]
}

async function fromTemplate(run: StepContext): Promise<Written | null> {
  const { ctx, input, state } = run
  const { email, settings } = input
  const template = await templateToSend(run)
  if (!template) return null
  const language = replyLanguage(state.classify?.language, settings.languages)
  const times = state.execute?.slots ?? []
  const sources = { senderName: email.fromName, settings, language, times, now: ctx.clock.now() }
  const body = fillTemplate(template.body, sources)
  if (body === null) return null
  const { id, version, name } = template
  const source: Source = { kind: 'template', id, label: `Template ${name}`, audience: 'correspondent' }
  const item: ContextItem = { id: `template:${id}`, kind: 'template', label: name, text: body, source }
  const citations = [{ quote: body, sources: [item.id] }]
  const written = { body, citations, context: [item], template: { id, version } }
  return { ...written, confidence: 1, openQuestions: [], leftOut: [] }
}
