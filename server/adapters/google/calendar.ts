import { calendar } from 'googleapis/build/src/apis/calendar/index.js'
import { z } from 'zod'
import type { GoogleConfig } from '../../config.ts'
import { UpstreamError } from '../../errors.ts'
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

/** Calendar API v3, free/busy only: no title of an event ever gets here. */
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
  }
}
