import { calendar } from 'googleapis/build/src/apis/calendar/index.js'
import { DateTime } from 'luxon'
import { z } from 'zod'
import type { GoogleConfig } from '../../config.ts'
import { UpstreamError } from '../../errors.ts'
import type { CalendarEvent } from '../../calendar-event.ts'
import type { AccessTokens, CalendarProvider } from '../../ports.ts'
import { createGoogleClient, type GoogleClientOptions } from './client.ts'

const instant = z.string().transform((text, ctx) => {
  const date = new Date(text)
  if (!Number.isNaN(date.getTime())) return date
  ctx.addIssue('not an instant')
  return z.NEVER
})
const FreeBusyAnswer = z.object({
  calendars: z.object({
    primary: z.object({
      busy: z.array(z.object({ start: instant, end: instant })).default([]),
      errors: z.array(z.object({ reason: z.string().default('') })).default([]),
    }),
  }),
})

const Moment = z.union([z.object({ dateTime: instant }), z.object({ date: z.iso.date() })])
const Event = z.object({
  id: z.string(),
  // Others than these two are of a kind that Google has yet to document.
  status: z.enum(['confirmed', 'tentative', 'cancelled']).catch('confirmed'),
  // An untitled one has none.
  summary: z.string().default(''),
  start: Moment,
  end: Moment,
})
const EventPage = z.object({
  items: z.array(Event).default([]),
  timeZone: z.string().default('UTC'),
  nextPageToken: z.string().optional(),
})

const Made = z.object({ id: z.string().optional(), isDuplicate: z.boolean().default(false) })
const Refused = z.object({
  status: z.int(),
  response: z.object({ data: z.object({ error: z.object({ errors: z.array(z.object({ reason: z.string() })) }) }) }),
})

const pageSize = 250
/** Google may give a page that holds fewer than it could, or none. */
const mostPages = 5

/** Calendar API v3. Titles are read by `events` alone, which the agent never asks. */
export function createGoogleCalendar(
  { apiBaseUrl }: Pick<GoogleConfig, 'apiBaseUrl'>,
  tokens: AccessTokens,
  options: GoogleClientOptions = {},
): CalendarProvider {
  const api = calendar({ version: 'v3', retry: false, ...(apiBaseUrl && { rootUrl: apiBaseUrl }) })
  const client = createGoogleClient('calendar', tokens, options)
  return {
    async busy(mailbox, { start, end }, signal) {
      const requestBody = { timeMin: start.toISOString(), timeMax: end.toISOString(), items: [{ id: 'primary' }] }
      const { calendars } = await client.read({
        mailbox,
        signal,
        units: 0,
        answer: FreeBusyAnswer,
        send: (options) => api.freebusy.query({ requestBody }, options),
      })
      // A calendar that cannot be read is a 200 with the reason inside: taken for free, it would be double-booked.
      const [failure] = calendars.primary.errors
      if (failure) {
        const kind = failure.reason === 'notFound' ? 'not_found' : 'unavailable'
        throw new UpstreamError('calendar', kind, `The primary calendar could not be read: ${failure.reason}.`)
      }
      return calendars.primary.busy
    },
    async events(mailbox, { start, end, limit }, signal) {
      const asked = { timeMin: start.toISOString(), timeMax: end.toISOString(), maxResults: pageSize }
      const events: CalendarEvent[] = []
      let pageToken: string | undefined
      for (let pages = 0; pages < mostPages && events.length < limit; pages += 1) {
        const place = pageToken === undefined ? {} : { pageToken }
        const params = { ...asked, ...place, calendarId: 'primary', singleEvents: true, orderBy: 'startTime' }
        const page = await client.read({
          mailbox,
          signal,
          units: 0,
          answer: EventPage,
          send: (options) => api.events.list(params, options),
        })
        events.push(...page.items.map((item) => toEvent(item, page.timeZone)))
        pageToken = page.nextPageToken
        if (pageToken === undefined) break
      }
      return { events: events.slice(0, limit), hasMore: pageToken !== undefined || events.length > limit }
    },
    async findEvent(mailbox, eventId, signal) {
      const found = await client.read({
        mailbox,
        signal,
        units: 0,
        answer: Event.nullable(),
        send: (options) => api.events.get({ calendarId: 'primary', eventId }, options).catch(nothingIfUnknown),
      })
      // Only days need the zone of the calendar, and no event of ours is of days.
      return found && toEvent(found, 'UTC')
    },
    async createEvent(mailbox, { start, end, ...told }, signal) {
      const times = { start: { dateTime: start.toISOString() }, end: { dateTime: end.toISOString() } }
      const params = { calendarId: 'primary', sendUpdates: 'none', requestBody: { ...told, ...times } }
      // May be repeated: under an id of its own it is made once.
      const { isDuplicate } = await client.read({
        mailbox,
        signal,
        units: 0,
        answer: Made,
        send: (options) => api.events.insert(params, options).catch(duplicateIfTaken),
      })
      return !isDuplicate
    },
  }
}

function toEvent({ start, end, ...event }: z.infer<typeof Event>, timeZone: string): CalendarEvent {
  return { ...event, start: toDate(start, timeZone), end: toDate(end, timeZone), isAllDay: 'date' in start }
}

function toDate(moment: z.infer<typeof Moment>, zone: string): Date {
  return 'date' in moment ? DateTime.fromISO(moment.date, { zone }).toJSDate() : moment.dateTime
}

function nothingIfUnknown(error: unknown): { data: null } {
  if (isRefusal(error, 404, 'notFound')) return { data: null }
  throw error
}

function duplicateIfTaken(error: unknown): { data: { isDuplicate: true } } {
  if (isRefusal(error, 409, 'duplicate')) return { data: { isDuplicate: true } }
  throw error
}

function isRefusal(error: unknown, status: number, reason: string): boolean {
  const refused = Refused.safeParse(error).data
  return refused?.status === status && refused.response.data.error.errors[0]?.reason === reason
}
