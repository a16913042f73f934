import type { ParsedResult } from 'chrono-node'
import { DateTime } from 'luxon'
import { fold, hasPhrase, phrases } from '../mail/phrases.ts'
import { dateReaders } from './date-readers.ts'

/** Words that name a deadline are few. */
const longestWords = 120

export interface MailOfDeadlines {
  readonly subject: string
  readonly text: string
  readonly language: string
  readonly receivedAt: string
}

/**
 * When something is due, read by code from the words of the mail that name it: an instant, or a date (`2026-03-06`)
 * where they name no clear hour; null where they cannot be read in one way, or do not stand in the mail.
 */
export function deadlineOf(words: string | null, mail: MailOfDeadlines, timeZone: string): string | null {
  const reader = dateReaders[mail.language as keyof typeof dateReaders] as (typeof dateReaders)['en'] | undefined
  if (words === null || words.length > longestWords || !reader) return null
  // The date a model gives of its own accord is not believed.
  if (fold(words) === '  ' || !fold(`${mail.subject}\n${mail.text}`).includes(fold(words))) return null

  const received = DateTime.fromISO(mail.receivedAt, { zone: timeZone })
  const reference = { instant: received.toJSDate(), timezone: received.offset }
  const [named, ...others] = reader.parse(words.normalize('NFKC'), reference, { forwardDate: true })
  if (!named || named.end || others.length > 0) return null
  // `03/04` is a day of March to one reader and of April to another.
  if (mail.language === 'en' && /\b(?:0?[1-9]|1[0-2])[/.-](?:0?[1-9]|1[0-2])\b/.test(named.text)) return null
  return readDeadline(named, received)
}

function readDeadline({ start, text }: ParsedResult, received: DateTime): string | null {
  const isDayNamed = start.isCertain('day') || start.isCertain('weekday')
  const field = (name: 'year' | 'month' | 'day' | 'hour' | 'minute') => start.get(name) ?? 0
  const [year, month, date] = [field('year'), field('month'), field('day')]
  const day = DateTime.fromObject({ year, month, day: date }, { zone: received.zone })
  if (!isDayNamed || !day.isValid || day < received.startOf('day')) return null
  if (!start.isCertain('weekday') && hasPhrase(fold(text), anyDayOf)) return null
  if (start.isCertain('weekday') && day.weekday % 7 !== start.get('weekday')) return null
  // On a Friday nobody knows which one `Friday` is.
  if (!start.isCertain('day') && day.hasSame(received, 'day')) return null
  if (!isHourClear(start, text)) return day.toISODate()
  // A distance to UTC stands there where the words name a zone, or a stretch of hours from now.
  const moment = start.isCertain('timezoneOffset')
    ? DateTime.fromJSDate(start.date())
    : day.set({ hour: field('hour'), minute: field('minute') })
  return moment < received ? null : moment.toUTC().toISO()
}

/** `At 4` may be in the afternoon. */
function isHourClear(start: ParsedResult['start'], words: string): boolean {
  const isClear = start.isCertain('meridiem') || (start.get('hour') ?? 0) >= 8 || /\b0\d[:.h]\d{2}/.test(words)
  return start.isCertain('hour') && isClear
}

/** A stretch of days, of which none is the last one for everybody. */
const anyDayOf = phrases(`
  this week, next week, this month, next month, this year, next year, coming week, following week, weekend,
  diese woche, dieser woche, nächste woche, nächster woche, kommende woche, kommender woche, diesen monat, nächsten monat,
  nächstes jahr, wochenende,
  cette semaine, semaine prochaine, ce mois, mois prochain, année prochaine, week end, fin de semaine,
  esta semana, próxima semana, semana que viene, este mes, próximo mes, mes que viene, próximo año, fin de semana
`)
