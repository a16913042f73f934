import type { Intent, Settings } from '../../../shared-types/index.ts'
import type { ToolName } from '../state.ts'
import { availability } from './availability.ts'
import { contact } from './contact.ts'
import { templates } from './templates.ts'
import type { Tool } from './tool.ts'

const tools = { contact, availability, templates } as const satisfies Record<ToolName, Tool>

/** The plan of each intent. A model may come to narrow it, never to widen it. */
const plans: Record<Intent, readonly ToolName[]> = {
  inquiry: ['contact', 'templates'],
  meeting_request: ['contact', 'availability', 'templates'],
  complaint: ['contact', 'templates'],
  follow_up: ['contact', 'templates'],
  other: ['contact'],
  spam: [],
}

/** `maySend`: the reply goes out unread, so that nothing is looked up but what its receiver may know. */
export function planFor(
  intent: Intent,
  { maySend, settings }: { maySend: boolean; settings: Settings },
): readonly ToolName[] {
  return maySend ? plans[intent].filter((name) => isShareable(name, settings)) : plans[intent]
}

function isShareable(name: ToolName, settings: Settings): boolean {
  return name === 'templates' || (name === 'availability' && settings.freeBusyShareable)
}

export function toolNamed(name: ToolName): Tool {
  return tools[name]
}
