import { GoogleError, invalid, jsonOf } from '../errors.ts'
import { ok, type Answer } from '../http.ts'
import type { ApiCall, ApiRoute } from '../route.ts'
import { calendarScopes } from '../oauth/scopes.ts'

const maxCalendars = 50

export const freeBusyRoute: ApiRoute = {
  method: 'POST',
  path: '/calendar/v3/freeBusy',
  scopes: calendarScopes.freeBusy,
  units: 0,
  handle: queryFreeBusy,
}

interface Interval {
  start: string
  end: string
}

async function queryFreeBusy(call: ApiCall): Promise<Answer> {
  const request = jsonOf(call)
  const items = Array.isArray(request.items) ? (request.items as { id?: string }[]) : []
  const min = Date.parse(String(request.timeMin))
  const max = Date.parse(String(request.timeMax))
  if (!(min < max)) throw invalid('The requested time range is empty or invalid.')
  if (items.length > maxCalendars) throw new GoogleError(400, 'tooManyCalendarsRequested', 'Too many calendars.')

  const { body } = await call.account.upstream.json('POST', '/calendar/v3/freeBusy', request)
  const found = body.calendars as Record<string, { busy: Interval[] } | undefined>
  const calendars = items.map(({ id = '' }) => {
    const busy = found[id]?.busy
    // An unknown calendar is no error of the call: it says so inside its entry.
    return [
      id,
      busy ? { busy: merge(busy, min, max) } : { errors: [{ domain: 'global', reason: 'notFound' }], busy: [] },
    ]
  })
  return ok({
    kind: 'calendar#freeBusy',
    timeMin: instant(min),
    timeMax: instant(max),
    calendars: Object.fromEntries(calendars) as object,
  })
}

/** Cut to the window and joined where they touch; emulate gives them ordered by start. */
function merge(busy: Interval[], min: number, max: number): Interval[] {
  const merged: { start: number; end: number }[] = []
  for (const { start, end } of busy) {
    const next = { start: Math.max(min, Date.parse(start)), end: Math.min(max, Date.parse(end)) }
    const last = merged.at(-1)
    if (last && next.start <= last.end) last.end = Math.max(last.end, next.end)
    else merged.push(next)
  }
  return merged.map(({ start, end }) => ({ start: instant(start), end: instant(end) }))
}

function instant(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}
