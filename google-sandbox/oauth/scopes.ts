const base = 'https://www.googleapis.com/auth'

/** Which scopes open which calls, as the Gmail and Calendar references say; any one of a list suffices. */
const full = 'https://mail.google.com/'
const modify = `${base}/gmail.modify`
const compose = `${base}/gmail.compose`
const readonly = `${base}/gmail.readonly`
export const metadataScope = `${base}/gmail.metadata`

export const gmailScopes = {
  profile: [full, modify, compose, readonly, metadataScope],
  read: [full, modify, readonly, metadataScope],
  attachment: [full, modify, readonly],
  insert: [full, modify, `${base}/gmail.insert`],
  modify: [full, modify],
  remove: [full],
  send: [full, modify, compose, `${base}/gmail.send`],
  readDraft: [full, modify, compose, readonly],
  writeDraft: [full, modify, compose],
  readLabel: [full, modify, readonly, metadataScope, `${base}/gmail.labels`],
  writeLabel: [full, modify, `${base}/gmail.labels`],
} as const

const calendar = `${base}/calendar`
const calendarReadonly = `${base}/calendar.readonly`
const events = [calendar, `${base}/calendar.events`, `${base}/calendar.events.owned`]

export const calendarScopes = {
  freeBusy: [calendar, calendarReadonly, `${base}/calendar.freebusy`, `${base}/calendar.events.freebusy`],
  readEvents: [
    ...events,
    calendarReadonly,
    `${base}/calendar.events.readonly`,
    `${base}/calendar.events.owned.readonly`,
  ],
  writeEvents: events,
  calendar: [calendar, calendarReadonly, `${base}/calendar.calendars`, `${base}/calendar.calendars.readonly`],
  calendarList: [calendar, calendarReadonly, `${base}/calendar.calendarlist`, `${base}/calendar.calendarlist.readonly`],
  settings: [calendar, calendarReadonly, `${base}/calendar.settings.readonly`],
} as const

/** What says who somebody is; the consent page gives no way to refuse these. */
export const identityScopes = new Set(['openid', `${base}/userinfo.email`, `${base}/userinfo.profile`])

/** The scopes of a request; Google answers with the long names of `email` and `profile`. */
export function parseScopes(text: string): string[] {
  const names = text.split(/\s+/).filter(Boolean)
  return [...new Set(names.map((name) => (name === 'email' || name === 'profile' ? `${base}/userinfo.${name}` : name)))]
}
