const base = 'https://www.googleapis.com/auth'

/** Any one of each row suffices (developers.google.com/workspace/gmail/api/auth/scopes). */
const needed = [
  [`${base}/gmail.readonly`, `${base}/gmail.modify`, 'https://mail.google.com/'],
  [`${base}/gmail.compose`, `${base}/gmail.modify`, 'https://mail.google.com/'],
]
const freeBusy = [`${base}/calendar.freebusy`, `${base}/calendar.readonly`, `${base}/calendar`]

/** Whether the person granted what reading mail and drafting replies needs: each can be unticked on its own. */
export function allowsMail(granted: readonly string[]): boolean {
  return needed.every((anyOf) => anyOf.some((scope) => granted.includes(scope)))
}

export function allowsFreeBusy(granted: readonly string[]): boolean {
  return freeBusy.some((scope) => granted.includes(scope))
}
