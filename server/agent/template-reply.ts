import { DateTime } from 'luxon'
import { renderTemplate, type Settings, shareableNote } from '../../shared-types/index.ts'
import { personName } from '../mail/person-name.ts'

/** What code knows of the moment a template is filled in. */
export interface SlotSources {
  /** As the mail names its sender: it is used only where it is a name and nothing else. */
  readonly senderName: string
  readonly settings: Settings
  readonly language: string
  /** Free times, already worded. */
  readonly times: readonly string[]
  readonly now: Date
}

/** The approved text with every slot filled in by code; null where one of them cannot be. */
export function fillTemplate(body: string, sources: SlotSources): string | null {
  const { text, missing } = renderTemplate(body, slotValues(sources))
  return missing.length === 0 ? text : null
}

function slotValues({ senderName, settings, language, times, now }: SlotSources): Record<string, string> {
  const name = personName(senderName)?.full
  const date = DateTime.fromJSDate(now, { zone: settings.timeZone }).setLocale(language)
  // Counted among the shareable ones: that there are others is nobody's business.
  const shareable = settings.notes.filter((note) => note.shareable)
  const values: [string, string | undefined][] = [
    ['name', name],
    ['date', date.toLocaleString(DateTime.DATE_FULL)],
    ['times', times.length > 0 ? times.map((time) => `- ${time}`).join('\n') : undefined],
    ...shareable.map(({ text }, index): [string, string] => [shareableNote(index), text]),
  ]
  return Object.fromEntries(values.filter((entry): entry is [string, string] => entry[1] !== undefined))
}
