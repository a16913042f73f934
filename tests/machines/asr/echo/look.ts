import type { ModelRequest } from '../../../../server/model-question.ts'
import type { Inbox } from '../../../support/connected-inbox.ts'
import { modesOf, runKey } from '../world/runs.ts'
import { sentText } from '../world/sent-text.ts'
import type { Stage } from '../world/stage.ts'
import { forCircle, isOurs } from '../world/subjects.ts'
import type { ClosedPlace } from '../world/closed.ts'
import type { OpenPlace } from '../world/open.ts'
import type { Words } from './canaries.ts'
import { secretsOf } from './secrets.ts'

/** What was found over the whole play. */
export interface Sightings {
  /** What came where it must not be, and where it was found first. */
  readonly leaks: Map<string, string>
  /** Words that stood in questions of runs that may send, in questions of runs for review, and in automatic replies. */
  readonly inMaySend: Set<string>
  readonly inReviewOnly: Set<string>
  readonly inSent: Set<string>
  sends: number
  /** Questions that were searched. */
  maySend: number
  reviewOnly: number
  /** Questions of runs that may send with free times in them, by owners who let them be told. */
  freeTimes: number
}

export function newSightings(): Sightings {
  const sets = { inMaySend: new Set<string>(), inReviewOnly: new Set<string>(), inSent: new Set<string>() }
  return { leaks: new Map(), ...sets, sends: 0, maySend: 0, reviewOnly: 0, freeTimes: 0 }
}

interface Looked {
  readonly inbox: Inbox
  readonly words: Words
  readonly isFreeShown: boolean
}

/** Mail that one of two receivers could not read has no place in what both get, even if the owner reads it first. */
const notForCircle: ReadonlySet<string> = new Set<OpenPlace | ClosedPlace>([
  'own thread',
  'own mail',
  'side mail received',
  'side mail sent',
  'mail with the person in Bcc',
  'text of other mail',
  'past reply to others',
])

/** Looks through all that was asked and sent for this owner. */
export async function look(
  { app, model }: Stage,
  { inbox, words, isFreeShown }: Looked,
  seen: Sightings,
): Promise<void> {
  const secrets = await secretsOf(app, inbox)
  const modes = await modesOf(app.db, inbox.userId)
  const leak = (what: string, where: string) => void (seen.leaks.has(what) || seen.leaks.set(what, where))
  const search = (text: string, where: string) => {
    for (const word of words.closed.in(text)) leak(`“${placeOf(words, word)}” ${word}`, where)
    for (const [index, secret] of secrets.entries()) if (text.includes(secret)) leak(`secret ${index}`, where)
  }
  for (const request of model.requests) {
    const { mail, task } = request.facts
    if (!isOurs(mail.subject)) continue
    const mode = modes.get(runKey(mail.from.address, mail.subject))
    const text = JSON.stringify(request)
    const found = [...words.open.in(text), ...words.closed.in(text)]
    if (forCircle(mail.subject))
      for (const word of found)
        if (notForCircle.has(placeOf(words, word) ?? ''))
          leak(`“${placeOf(words, word)}” ${word}`, `the circle of “${mail.subject}”`)
    if (mode === 'reviewOnly') {
      seen.reviewOnly += 1
      for (const word of found) seen.inReviewOnly.add(word)
    }
    if (mode !== 'maySend') continue
    seen.maySend += 1
    for (const word of found) seen.inMaySend.add(word)
    const where = `the ${task} question of “${mail.subject}”`
    search(text, where)
    if (!hasFreeTimes(request)) continue
    if (isFreeShown) seen.freeTimes += 1
    else leak(`free times of ${inbox.owner.email}`, where)
  }
  for (const { raw } of await inbox.sent()) {
    const text = sentText(raw.toString())
    seen.sends += 1
    for (const word of words.open.in(text)) seen.inSent.add(word)
    search(text, 'an automatic reply')
  }
}

function hasFreeTimes({ facts }: ModelRequest): boolean {
  if (facts.task !== 'generate') return false
  return facts.slots.length > 0 || facts.context.some(({ kind }) => kind === 'calendar')
}

function placeOf({ open, closed }: Words, word: string): OpenPlace | ClosedPlace | undefined {
  return open.placeOf(word) ?? closed.placeOf(word)
}
