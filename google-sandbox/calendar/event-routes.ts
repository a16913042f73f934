import { GoogleError, jsonOf, notFound } from '../errors.ts'
import { ok, type Answer } from '../http.ts'
import type { ApiCall, ApiRoute } from '../route.ts'
import { calendarScopes } from '../oauth/scopes.ts'
import { etagOf, insertEvent, listEvents, removeEvent, renderRemoved, replaceEvent } from './events.ts'
import type { StoredEvent } from './model.ts'

const base = '/calendar/v3/calendars/:calendarId/events'
const { readEvents, writeEvents } = calendarScopes

export const eventRoutes: ApiRoute[] = [
  { method: 'GET', path: base, scopes: readEvents, units: 0, handle: list },
  { method: 'GET', path: `${base}/:id`, scopes: readEvents, units: 0, handle: get },
  { method: 'POST', path: base, scopes: writeEvents, units: 0, handle: insert },
  { method: 'PATCH', path: `${base}/:id`, scopes: writeEvents, units: 0, handle: patch },
  { method: 'PUT', path: `${base}/:id`, scopes: writeEvents, units: 0, handle: update },
  { method: 'DELETE', path: `${base}/:id`, scopes: writeEvents, units: 0, handle: remove },
]

async function list({ account, params, query }: ApiCall): Promise<Answer> {
  // Every sync token counts as expired, so a client always meets the full sync it must be ready for.
  if (query.has('syncToken')) {
    throw new GoogleError(410, 'fullSyncRequired', 'Sync token is no longer valid, a full sync is required.')
  }
  if (query.get('orderBy') === 'startTime' && query.get('singleEvents') !== 'true') {
    throw new GoogleError(400, 'badRequest', 'The requested ordering is not available for the particular query.')
  }
  const wanted = new URLSearchParams(query)
  if (!wanted.has('maxResults')) wanted.set('maxResults', '250')
  const { items, nextPageToken } = await listEvents(account, params.calendarId ?? '', wanted)
  const next = nextPageToken ? { nextPageToken } : { nextSyncToken: 'sandbox' }
  return ok({ kind: 'calendar#events', summary: account.email, timeZone: account.timeZone, items, ...next })
}

async function get(call: ApiCall): Promise<Answer> {
  const event = eventOf(call)
  const { id, calendarId } = event
  if (event.isRemoved) return ok(renderRemoved(call.account, event))
  for (let pageToken: string | undefined = '0'; pageToken;) {
    const page = await listEvents(call.account, calendarId, new URLSearchParams({ maxResults: '250', pageToken }))
    const found = page.items.find((item) => item.id === id)
    if (found) return ok(found)
    pageToken = page.nextPageToken
  }
  throw notFound()
}

async function insert(call: ApiCall): Promise<Answer> {
  return ok(await insertEvent(call.account, call.params.calendarId ?? '', withConference(jsonOf(call), call.query)))
}

async function patch(call: ApiCall): Promise<Answer> {
  const event = presentEventOf(call)
  const changes = withConference(jsonOf(call), call.query)
  return ok(await replaceEvent(call.account, event, { ...event.resource, ...changes }))
}

async function update(call: ApiCall): Promise<Answer> {
  return ok(await replaceEvent(call.account, presentEventOf(call), withConference(jsonOf(call), call.query)))
}

async function remove(call: ApiCall): Promise<Answer> {
  await removeEvent(call.account, presentEventOf(call))
  return { status: 204 }
}

/** The event a path names, if the etag the client knows is still its own. */
function eventOf({ account, params, headers }: ApiCall): StoredEvent {
  const event = account.events.get(params.id ?? '')
  if (!event) throw notFound()
  const expected = headers['if-match']
  if (expected && expected !== '*' && expected !== etagOf(event)) {
    throw new GoogleError(412, 'conditionNotMet', 'Precondition Failed')
  }
  return event
}

function presentEventOf(call: ApiCall): StoredEvent {
  const event = eventOf(call)
  if (event.isRemoved) throw new GoogleError(410, 'deleted', 'Resource has been deleted')
  return event
}

/** Google ignores conferenceData unless the version is 1; a createRequest then becomes a meeting link. */
function withConference(resource: Record<string, unknown>, query: URLSearchParams): Record<string, unknown> {
  const { conferenceData, ...rest } = resource
  if (query.get('conferenceDataVersion') !== '1' || !conferenceData) return rest
  const { createRequest } = conferenceData as { createRequest?: { requestId?: string } }
  if (!createRequest) return resource
  const uri = `https://meet.google.com/${(createRequest.requestId ?? 'sandbox').replace(/\W/g, '').slice(0, 10)}`
  return {
    ...rest,
    hangoutLink: uri,
    conferenceData: {
      createRequest: { ...createRequest, status: { statusCode: 'success' } },
      entryPoints: [{ entryPointType: 'video', uri }],
    },
  }
}
