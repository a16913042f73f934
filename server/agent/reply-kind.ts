import type { Kysely } from 'kysely'
import type { Intent, Settings } from '../../shared-types/index.ts'
import type { DB } from '../db/schema.ts'
import { approvedTemplateFor, isTemplateApproved } from '../db/templates.ts'
import type { ReplyKind } from './review-facts.ts'
import type { TemplateVersion } from './state.ts'

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
