import { messageOf, StartError, tellUnwritable } from '../server/errors.ts'

export const runAgain = 'Run it again: npm run demo (each run begins with a new mailbox).'

/** What the person reads when the demo could not go on: what failed, and what to do next. */
export function sentenceOf(error: unknown): string {
  const causes = causesOf(firstOf(error))
  const told = causes.find((cause) => cause instanceof StartError)
  if (told) return told.message
  const unwritable = causes.map(tellUnwritable).find(Boolean)
  if (unwritable) return unwritable
  const [what = '', ...why] = new Set(causes.map((cause) => messageOf(cause)).filter(Boolean))
  const details = why.length > 0 ? ` (${why.join('; ')})` : ''
  return `The demo ended early: ${what.replace(/\.$/, '')}${details}. ${runAgain}`
}

/** Of a failure that a second one followed, while all was put away, the first. */
function firstOf(error: unknown): unknown {
  return error instanceof SuppressedError ? firstOf(error.suppressed) : error
}

/** The error, its cause, the cause of that, and so on. */
function causesOf(error: unknown): unknown[] {
  return error instanceof Error && error.cause !== undefined ? [error, ...causesOf(error.cause)] : [error]
}
