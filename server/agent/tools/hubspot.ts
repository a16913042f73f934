import type { AppContext } from '../../context.ts'
import { step } from '../../step.ts'
import type { RunInput } from '../state.ts'
import type { Tool } from './tool.ts'

/** Who is writing, as the owner's HubSpot knows them: whatever it says, and that it knows them, is for the owner alone. */
export const hubspot: Tool = {
  name: 'hubspot',
  purpose: 'who is writing, as HubSpot knows them',
  async run(ctx, { userId, email }, _state, signal) {
    const found = await step('hubspot-find', () => ctx.hubspot.find(userId, email.fromAddress, signal))
    if (!found) return { summary: { found: false } }
    const fetchedAt = ctx.clock.now().toISOString()
    const label = found.company ? `${found.name}, ${found.company}` : found.name
    const text = [label, found.notes].filter(Boolean).join('\n')
    const origin = `from HubSpot, fetched ${fetchedAt.slice(0, 10)}`
    const source = { kind: 'crm', id: found.id, label: `Contact ${label} (${origin})`, audience: 'owner' } as const
    return {
      items: [{ id: `hubspot:${found.id}`, kind: 'crm', label: source.label, text, source }],
      summary: { found: true, source: 'HubSpot', contactId: found.id, updatedAt: found.updatedAt, fetchedAt },
    }
  },
}

/** What the owner chose, or else the operator. */
export function isInHubspot({ config }: AppContext, { settings }: RunInput): boolean {
  return (settings.crm === 'default' ? config.crm.provider : settings.crm) === 'hubspot'
}
