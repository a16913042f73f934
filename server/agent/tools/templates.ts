import { templatesFor } from '../../db/sending/templates.ts'
import { replyLanguage } from '../reply-language.ts'
import type { Tool } from './tool.ts'

/** The owner's own wording for this kind of mail. */
export const templates: Tool = {
  name: 'templates',
  purpose: 'the owner’s own wording for mail of this kind',
  async run(ctx, { userId, settings }, { classify, gate }) {
    const language = replyLanguage(classify?.language, settings.languages)
    const wanted = { intent: classify?.intent ?? 'other', language, isApproved: gate?.mode === 'maySend' }
    const found = await templatesFor(ctx.db, userId, wanted)
    return {
      items: found.map(({ id, name, body }) => ({
        id: `template:${id}`,
        kind: 'template',
        label: name,
        text: body,
        source: { kind: 'template', id, label: `Template ${name}`, audience: 'correspondent' },
      })),
      summary: { templateIds: found.map((template) => template.id) },
    }
  },
}
