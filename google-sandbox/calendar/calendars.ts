import { notFound } from '../errors.ts'
import { ok, type Answer } from '../http.ts'
import type { ApiCall, ApiRoute } from '../route.ts'
import { calendarScopes } from '../oauth/scopes.ts'

const list = '/calendar/v3/users/me/calendarList'
const { calendar, calendarList, settings } = calendarScopes

export const calendarRoutes: ApiRoute[] = [
  { method: 'GET', path: list, scopes: calendarList, units: 0, handle: async (call) => ok(await readList(call)) },
  { method: 'GET', path: `${list}/:calendarId`, scopes: calendarList, units: 0, handle: getEntry },
  { method: 'GET', path: '/calendar/v3/calendars/:calendarId', scopes: calendar, units: 0, handle: getCalendar },
  { method: 'GET', path: '/calendar/v3/users/me/settings/timezone', scopes: settings, units: 0, handle: getTimeZone },
]

interface Entry {
  id: string
  summary: string
  timeZone: string
  etag: string
  primary?: boolean
}

async function readList({ account }: ApiCall): Promise<{ items: Entry[] }> {
  const { body } = await account.upstream.json('GET', list)
  return body as unknown as { items: Entry[] }
}

async function getEntry(call: ApiCall): Promise<Answer> {
  return ok(await findEntry(call))
}

async function getCalendar(call: ApiCall): Promise<Answer> {
  const { id, summary, timeZone, etag } = await findEntry(call)
  return ok({ kind: 'calendar#calendar', etag, id, summary, timeZone })
}

async function findEntry(call: ApiCall): Promise<Entry> {
  const { items } = await readList(call)
  const wanted = call.params.calendarId
  const entry = items.find(({ id, primary }) => id === wanted || (wanted === 'primary' && primary === true))
  if (!entry) throw notFound()
  return entry
}

function getTimeZone({ account }: ApiCall): Answer {
  return ok({ kind: 'calendar#setting', id: 'timezone', value: account.timeZone })
}
