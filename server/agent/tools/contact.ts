import { step } from '../../step.ts'
import type { Tool } from './tool.ts'

/** Who is writing, as the address book knows them, and since when: it may be out of date. CRM notes are for the owner alone. */
export const contact: Tool = {
  name: 'contact',
  purpose: 'who is writing, as the address book knows them',
  async run(ctx, { userId, email }) {
    const found = await step('crm-find', () => ctx.crm.find(userId, email.fromAddress))
    if (!found) return { summary: { found: false } }
    const label = found.company ? `${found.name}, ${found.company}` : found.name
    const text = [label, found.notes].filter(Boolean).join('\n')
    const origin = `from your address book, changed ${found.updatedAt.slice(0, 10)}`
    const source = { kind: 'contact', id: found.id, label: `Contact ${label} (${origin})`, audience: 'owner' } as const
    return {
      items: [{ id: `contact:${found.id}`, kind: 'contact', label: source.label, text, source }],
      summary: { found: true, contactId: found.id, updatedAt: found.updatedAt },
    }
  },
}
