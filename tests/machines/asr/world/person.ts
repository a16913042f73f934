import { type About, subjectOf } from './subjects.ts'

/** Somebody who is answered automatically, and what the mail with them is about. */
export interface Person {
  readonly name: string
  readonly address: string
  readonly line: string
  /** Names what their mail is about, and nobody else's. */
  readonly matter: string
  /** A conversation that goes on: its subject, and the ids of their mail in it and of the owner's answer. */
  readonly thread: { readonly subject: string; readonly openedBy: string; readonly answeredBy: string }
}

export function newPerson(matter: string, sheet: number, about?: About): Person {
  const name = `Ada ${matter.charAt(0).toUpperCase()}${matter.slice(1)}`
  const address = `${matter}@engine.example`
  return {
    name,
    address,
    line: `${name} <${address}>`,
    matter,
    thread: {
      subject: subjectOf(matter, sheet, about),
      openedBy: `<opened-${matter}@engine.example>`,
      answeredBy: `<answered-${matter}@studio.example>`,
    },
  }
}
