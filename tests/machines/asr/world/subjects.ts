// What a mail is about stands in its subject, where the model that echoes finds it, and whoever looks for its questions.

/** `circle`: its answer goes to somebody else as well. `nothing`: it asks nothing. */
export type About = 'drawings' | 'meeting' | 'nothing' | 'circle'

/** Of a mail that a correspondent writes in order to be answered. */
export function subjectOf(matter: string, sheet: number, about: About = 'drawings') {
  return `The ${about} of ${matter}, sheet ${sheet}`
}

export const isOurs = (subject: string) => /, sheet \d+$/.test(subject)
export const sheetOf = (subject: string) => Number(/, sheet (\d+)$/.exec(subject)?.[1] ?? 0)
export const aboutMeeting = (subject: string) => /The meeting of /.test(subject)
export const asksNothing = (subject: string) => /The nothing of /.test(subject)
export const forCircle = (subject: string) => /The circle of /.test(subject)
