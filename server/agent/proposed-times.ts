import type { ParsedResult } from 'chrono-node'
import { DateTime } from 'luxon'
import type { CalendarPart } from '../../shared-types/index.ts'
import { fold, hasPhrase, phrases } from '../mail/phrases.ts'
import type { Interval } from '../calendar-event.ts'
import { dateReaders } from './date-readers.ts'
import { senderZone } from './sender-zone.ts'

/** A mail that proposes a time is short, and a reader of dates takes its time with a long one. */
const longestText = 4_000
const mostProposals = 5
const hourMs = 3_600_000
/** What takes longer is a stretch to choose from. */
const longestMs = 4 * hourMs
/** Of what lies further ahead no calendar tells much. */
const farthestMs = 60 * 24 * hourMs

export interface MailOfTimes {
  /** What its sender wrote this time. */
  readonly freshText: string
  readonly language: string
  readonly receivedAt: string
  /** Its `Date` header. */
  readonly dated: string | undefined
  readonly calendar: CalendarPart | null
}

/**
 * The times that a mail proposes, in its own words or by an invitation; none unless every time it names can be read in
 * one way only, for then its owner is asked. `timeZone` is the owner's.
 */
export function proposedTimes(mail: MailOfTimes, timeZone: string, now: Date): Interval[] {
  const isAhead = ({ start, end }: Interval) => {
    const lengthMs = end.getTime() - start.getTime()
    return start > now && start.getTime() - now.getTime() <= farthestMs && lengthMs > 0 && lengthMs <= longestMs
  }
  const found = mail.calendar ? invitedTimes(mail.calendar) : writtenTimes(mail, timeZone)
  return found !== null && found.length <= mostProposals && found.every(isAhead) ? found : []
}

/** Days, and times in a zone that nobody knows, are for the owner to see. */
function invitedTimes({ method, start, end }: CalendarPart): Interval[] | null {
  if (method !== 'REQUEST' || !start?.endsWith('Z') || !end?.endsWith('Z')) return null
  return [{ start: new Date(start), end: new Date(end) }]
}

function writtenTimes(mail: MailOfTimes, ownerZone: string): Interval[] | null {
  const reader = dateReaders[mail.language as keyof typeof dateReaders] as (typeof dateReaders)['en'] | undefined
  const text = mail.freshText.normalize('NFKC')
  if (!reader || text.length > longestText) return null
  const received = DateTime.fromISO(mail.receivedAt, { zone: senderZone(mail.dated, ownerZone) })
  const reference = { instant: received.toJSDate(), timezone: received.offset }
  const named = reader.parse(text, reference, { forwardDate: true })
  const times = named.filter(({ start, end }) => start.isCertain('hour') || end?.isCertain('hour') === true)
  const read = times.map((time) =>
    readTime(time, { text, received, ownerZone, language: mail.language, namesOtherDay: namesOtherDay(time, named) }),
  )
  return read.every((time) => time !== null) ? read : null
}

interface Surroundings {
  readonly text: string
  readonly received: DateTime
  readonly ownerZone: string
  readonly language: string
  readonly namesOtherDay: boolean
}

/** `I am there from 6 April. Thursday at 10?` is no Thursday before that. */
function namesOtherDay(time: ParsedResult, named: readonly ParsedResult[]): boolean {
  return named.some((other) => other !== time && !other.start.isCertain('hour') && other.start.isCertain('day'))
}

function readTime({ start, end, index, text: words }: ParsedResult, around: Surroundings): Interval | null {
  const { text, received, ownerZone, language } = around
  const before = text.slice(Math.max(0, index - 120), index)
  const after = text.slice(index + words.length, index + words.length + 120)
  const sentence = (before.split(/[.!?\n](?=\s)/).at(-1) ?? '') + words + (after.split(/[.!?\n]/)[0] ?? '')
  if (hasPhrase(fold(sentence), notProposed) || hasPhrase(fold(words + after.slice(0, 25)), notExact)) return null
  if (hasPhrase(fold(before.slice(-15)), roughly) || /\bhatten?\b/i.test(sentence)) return null
  if (start.isCertain('timezoneOffset') || /^\s{0,3}\(?(?:[A-Z]{2,5}\b|[+-]\d)/.test(after)) return null
  const isDayCertain = start.isCertain('day') && (start.isCertain('month') || !start.isCertain('weekday'))
  if (!isDayCertain && !start.isCertain('weekday')) return null
  if (!start.isCertain('hour') || !isHourClear(start.get('hour') ?? 0, start.isCertain('meridiem'), words)) return null
  // `03/04` is a day of March to one reader and of April to another.
  if (language === 'en' && /\b(?:0?[1-9]|1[0-2])[/.-](?:0?[1-9]|1[0-2])\b/.test(words)) return null

  const wall = wallOf(start, received)
  const day = wall.startOf('day')
  if (start.isCertain('weekday') && wall.weekday % 7 !== start.get('weekday')) return null
  // On a Friday nobody knows which one `Friday` is, and of `next Friday` never.
  const isOtherWeek = around.namesOtherDay || hasPhrase(fold(text), anotherWeek) || day.hasSame(received, 'day')
  if (!isDayCertain && isOtherWeek) return null
  // Who writes from elsewhere named the distance to UTC on that day, which the season may change.
  const isElsewhere = received.zoneName !== ownerZone
  if (isElsewhere && wall.setZone(ownerZone).offset !== received.setZone(ownerZone).offset) return null

  const ends = end ? wallOf(end, received) : null
  const starts = onlyInstant(wall, start)
  const ended = end && ends ? onlyInstant(ends, end) : starts && starts.plus({ hours: 1 })
  return starts && ended ? { start: starts.toJSDate(), end: ended.toJSDate() } : null
}

type Components = ParsedResult['start']

function wallOf(time: Components, { zone }: DateTime): DateTime {
  const [year, month, day, hour, minute] = fieldsOf(time)
  return DateTime.fromObject({ year, month, day, hour, minute }, { zone })
}

/** Undefined where the clock skips this time, or shows it twice. */
function onlyInstant(moment: DateTime, time: Components): DateTime | undefined {
  const [, , day, hour, minute] = fieldsOf(time)
  const isShown = moment.isValid && moment.day === day && moment.hour === hour && moment.minute === minute
  return isShown && moment.getPossibleOffsets().length === 1 ? moment : undefined
}

function fieldsOf(time: Components): [number, number, number, number, number] {
  const field = (name: 'year' | 'month' | 'day' | 'hour' | 'minute') => time.get(name) ?? 0
  return [field('year'), field('month'), field('day'), field('hour'), field('minute')]
}

/** `At 4` may be in the afternoon; 16:00, 4 pm and 04:00 are what they are. */
function isHourClear(hour: number, isMeridiemCertain: boolean, words: string): boolean {
  return isMeridiemCertain || hour >= 8 || /\b0\d[:.h]\d{2}/.test(words)
}

/** Beside a time that does not suit its sender, that is past, or by which something is due. */
const notProposed = phrases(`
  cannot, can’t, can not, won’t, not, had, unable, cancel*, missed, last, was, were, met, spoke, unless, except, instead of, rather than,
  by, before, until, since, after, from then, deadline, due, open, opening hours, every,
  leider, nicht, kein, keine, absagen, letzten, letzte, war, waren, statt, bis, vor, seit, ab, nach, außer, jeden, frist, geöffnet,
  ne, pas, annuler, dernier, dernière, était, avions, avant, jusqu, depuis, après, dès, sauf, plutôt que, chaque, ouvert*,
  no, cancelar, pasado, pasada, fue, teníamos, antes, hasta, desde, después, salvo, en vez de, cada, abierto, abierta
`)

/** Beside a time that is none to the minute, or on another clock. */
const notExact = phrases(`
  or so, ish, evening, afternoon, night, your time, my time, local time, half, quarter, past,
  halb, viertel, dreiviertel, abend, abends, nachmittag, nachmittags, morgens, nachts, ortszeit,
  soir, après midi, matin, demie, quart, heure de, et demi,
  tarde, noche, mañana por, madrugada, media, cuarto, hora de
`)

/** Before it. */
const roughly = phrases('around, roughly, circa, ca, etwa, gegen, ungefähr, vers, environ, sobre, alrededor, hacia')

const anotherWeek = phrases(`
  next, following, fortnight, week*, nächste*, übernächste*, kommende*, woche*, prochain*, suivant*, semaine*,
  próxim*, siguiente, semana*
`)
