import type { Kysely } from 'kysely'
import type { Intent, Settings } from '../../shared-types/index.ts'
import type { DB } from '../db/engine/schema.ts'
import { approvedTemplateFor, isTemplateApproved } from '../db/sending/templates.ts'
import type { StepContext } from './agent-step.ts'
import { replyLanguage } from './reply-language.ts'
import type { ReplyKind } from './review-facts.ts'
import type { TemplateVersion } from './state.ts'

/** The approved template for the mail of a run that may send templates; whether code can fill it in is another question. */
export async function templateToSend({ ctx, input, state }: StepContext) {
  const { userId, settings } = input
  if (state.gate?.mode !== 'maySend' || !settings.templateReplies) return undefined
  const language = replyLanguage(state.classify?.language, settings.languages)
  return approvedTemplateFor(ctx.db, userId, { intent: state.classify?.intent ?? 'other', language })
}

/** What a written reply is by now. */
export async function replyKind(
  db: Kysely<DB>,
  userId: string,
  template: TemplateVersion | null | undefined,
): Promise<ReplyKind> {
  if (!template) return { kind: 'free_text' }
  return { kind: 'template', isApproved: await isTemplateApproved(db, userId, template) }
}

/** What one that is not written yet will be, as far as can be told: a template, if the owner lets one go and has one. */
export async function likelyKind(
  db: Kysely<DB>,
  userId: string,
  wanted: { intent: Intent; language: string },
  { templateReplies }: Settings,
): Promise<ReplyKind> {
  const template = templateReplies ? await approvedTemplateFor(db, userId, wanted) : undefined
  return template ? { kind: 'template', isApproved: true } : { kind: 'free_text' }
}
