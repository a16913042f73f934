import ical from 'ical.js'
import { DateTime } from 'luxon'
import type { Attachment as Part, StructuredHeader } from 'mailparser'
import type { CalendarPart } from '../../../shared-types/index.ts'
import { wordsOf } from './part-text.ts'
import { visibleLine } from './text.ts'

const maxBytes = 500_000

/** The first calendar part (RFC 5545); its fields are null as far as it cannot be read. Null when there is none. */
export function calendarOf(parts: readonly Part[]): CalendarPart | null {
  const part = parts.find(({ contentType }) => /^(?:text\/calendar|application\/ics)$/i.test(contentType))
  if (!part) return null
  const declared = part.headers.get('content-type') as StructuredHeader | undefined
  const method = declared?.params['method'] ?? null
  try {
    return readCalendar(wordsOf({ ...part, content: part.content.subarray(0, maxBytes) }), method)
  } catch {
    return { method: method?.toUpperCase() ?? null, uid: null, summary: null, start: null, end: null, timeZone: null }
  }
}

function readCalendar(source: string, method: string | null): CalendarPart {
  const calendar = new ical.Component(ical.parse(source.replace(/^\uFEFF/, '')))
  const event = calendar.getFirstSubcomponent('vevent') ?? calendar.getFirstSubcomponent('vtodo')
  const start = event && momentOf(calendar, event, 'dtstart')
  const end =
    event &&
    (momentOf(calendar, event, 'dtend') ?? momentOf(calendar, event, 'due') ?? endByDuration(calendar, event, start))
  const word = (component: ical.Component | null, name: string, maxLength: number) =>
    visibleLine(String(component?.getFirstPropertyValue(name) ?? ''), maxLength) || null
  return {
    method: (word(calendar, 'method', 30) ?? method)?.toUpperCase() ?? null,
    uid: word(event, 'uid', 300),
    summary: word(event, 'summary', 300),
    start: start?.at ?? null,
    end: end?.at ?? null,
    timeZone: start?.timeZone ?? null,
  }
}

interface Moment {
  /** An instant; a date of a whole day; a time of day as written when its zone is not known. */
  readonly at: string
  readonly timeZone: string | null
}

function momentOf(calendar: ical.Component, event: ical.Component, name: string): Moment | null {
  const property = event.getFirstProperty(name)
  const time: unknown = property?.getFirstValue()
  return property && time instanceof ical.Time ? momentAt(calendar, property, time) : null
}

/** Days are the calendar's, hours are exact (RFC 5545, 3.3.6). */
function endByDuration(calendar: ical.Component, event: ical.Component, start: Moment | null): Moment | null {
  const property = event.getFirstProperty('dtstart')
  const time: unknown = property?.getFirstValue()
  const duration: unknown = event.getFirstPropertyValue('duration')
  if (!start || !property || !(time instanceof ical.Time) || !(duration instanceof ical.Duration)) return null
  const hasDays = duration.weeks > 0 || duration.days > 0
  if (!hasDays && start.at.endsWith('Z')) {
    return { ...start, at: new Date(Date.parse(start.at) + duration.toSeconds() * 1_000).toISOString() }
  }
  const end = time.clone()
  end.addDuration(duration)
  return momentAt(calendar, property, end)
}

function momentAt(calendar: ical.Component, property: ical.Property, time: ical.Time): Moment {
  const written = time.toString().slice(0, 19)
  if (time.isDate) return { at: written.slice(0, 10), timeZone: null }
  if (time.zone === ical.Timezone.utcTimezone) return { at: time.toJSDate().toISOString(), timeZone: 'UTC' }
  const timeZone = visibleLine(String(property.getParameter('tzid') ?? ''), 100) || null
  const local = timeZone && DateTime.fromISO(written, { zone: timeZone })
  // Of two equal times, when clocks go back, the first (RFC 5545, 3.3.5).
  const first = local && local.isValid && local.getPossibleOffsets().sort((a, b) => a.toMillis() - b.toMillis())[0]
  if (first) return { at: first.toJSDate().toISOString(), timeZone }
  // Outlook names zones in words and sends their rules along.
  const rules = calendar
    .getAllSubcomponents('vtimezone')
    .find((zone) => zone.getFirstPropertyValue('tzid') === property.getParameter('tzid'))
  if (!rules) return { at: written, timeZone }
  time.zone = new ical.Timezone(rules)
  return { at: time.toJSDate().toISOString(), timeZone }
}
