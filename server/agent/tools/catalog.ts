import type { Intent } from '../../../shared-types/index.ts'
import type { ToolName } from '../state.ts'
import { availability } from './availability.ts'
import { contact } from './contact.ts'
import { hubspot } from './hubspot.ts'
import { templates } from './templates.ts'
import type { Tool } from './tool.ts'

const tools = { contact, hubspot, availability, templates } as const satisfies Record<ToolName, Tool>

/** `always` is looked up for every mail of its kind; of `optional` a model picks what helps, and never adds to it. */
export interface Catalog {
  readonly always: readonly ToolName[]
  readonly optional: readonly ToolName[]
}

const catalogs: Record<Intent, Catalog> = {
  inquiry: { always: ['contact', 'hubspot', 'templates'], optional: ['availability'] },
  meeting_request: { always: ['contact', 'hubspot', 'availability', 'templates'], optional: [] },
  complaint: { always: ['contact', 'hubspot', 'templates'], optional: [] },
  follow_up: { always: ['contact', 'hubspot', 'templates'], optional: ['availability'] },
  other: { always: ['contact', 'hubspot'], optional: [] },
  spam: { always: [], optional: [] },
}

/** What may be looked up for mail of this kind; of `among` alone, where that is given. */
export function catalogFor(intent: Intent, among: readonly ToolName[] | null): Catalog {
  const { always, optional } = catalogs[intent]
  const isOpen = (name: ToolName) => among === null || among.includes(name)
  return { always: always.filter(isOpen), optional: optional.filter(isOpen) }
}

export function toolNamed(name: ToolName): Tool {
  return tools[name]
}
