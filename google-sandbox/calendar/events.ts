import { randomBytes } from 'node:crypto'
import { GoogleError, invalid, notFound } from '../errors.ts'
import type { Account } from '../state.ts'
import type { StoredEvent } from './model.ts'

/** Adds an event under its own id or a new one; resources are told apart from what emulate makes of them. */
export async function insertEvent(
  account: Account,
  calendarId: string,
  resource: Record<string, unknown>,
  version = 0,
): Promise<Record<string, unknown>> {
  const id = typeof resource.id === 'string' ? resource.id : randomBytes(13).toString('hex')
  if (!/^[a-v0-9]{5,1024}$/.test(id)) throw invalid('Invalid resource id value.')
  if (account.events.has(id)) throw new GoogleError(409, 'duplicate', 'The requested identifier already exists.')

  const { status, body } = await account.upstream.json('POST', eventsPath(calendarId), resource)
  if (status === 404) throw notFound()
  if (status !== 200) throw new GoogleError(400, 'required', 'Missing end time.')
  const event = { id, calendarId, upstreamId: String(body.id), resource, version }
  account.events.set(id, event)
  return renderEvent(account, event, body)
}

/** emulate cannot change an event, so it is made anew there; here its id stays. */
export async function replaceEvent(account: Account, event: StoredEvent, resource: Record<string, unknown>) {
  await removeEvent(account, event)
  return insertEvent(account, event.calendarId, { ...resource, id: event.id }, event.version + 1)
}

export async function removeEvent({ upstream, events }: Account, event: StoredEvent): Promise<void> {
  events.delete(event.id)
  await upstream.json('DELETE', `${eventsPath(event.calendarId)}/${encodeURIComponent(event.upstreamId)}`)
}

/** The events of a calendar as emulate selects and orders them. */
export async function listEvents(account: Account, calendarId: string, query: URLSearchParams) {
  const { status, body } = await account.upstream.json('GET', `${eventsPath(calendarId)}?${query.toString()}`)
  if (status === 404) throw notFound()
  const stored = new Map([...account.events.values()].map((event) => [event.upstreamId, event]))
  const items = (body.items as Record<string, unknown>[]).flatMap((item) => {
    const event = stored.get(String(item.id))
    return event ? [renderEvent(account, event, item)] : []
  })
  return { items, nextPageToken: body.nextPageToken as string | undefined }
}

export function etagOf({ id, version }: StoredEvent): string {
  return `"${id}-${version}"`
}

function renderEvent({ email }: Account, event: StoredEvent, upstream: Record<string, unknown>) {
  const { id, resource, version } = event
  const person = { email, self: true }
  const attendees = resource.attendees as object[] | undefined
  return {
    ...upstream,
    ...resource,
    id,
    etag: etagOf(event),
    iCalUID: `${id}@google.com`,
    sequence: version,
    creator: person,
    organizer: person,
    attendees: attendees?.map((attendee) => ({ responseStatus: 'needsAction', ...attendee })),
  }
}

function eventsPath(calendarId: string): string {
  return `/calendar/v3/calendars/${encodeURIComponent(calendarId)}/events`
}
