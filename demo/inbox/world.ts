import { DateTime } from 'luxon'

export const zone = 'Europe/Berlin'

/** Whose inbox it is, and how its mails speak of time. */
export interface World {
  readonly owner: { readonly name: string; readonly email: string }
  /** The owner's first name, as it stands under her letters. */
  readonly me: string
  readonly now: DateTime
  /** So many calendar days before now, at an hour of Berlin. */
  readonly ago: (days: number, time: string) => DateTime
  readonly minutesAgo: (minutes: number) => DateTime
  /** The n-th working day after now, at an hour of Berlin. */
  readonly workday: (n: number, time?: string) => DateTime
}

/** The world at `date`, which is its now. */
export function buildWorld(owner: World['owner'], date: Date): World {
  const now = DateTime.fromJSDate(date, { zone }).startOf('second')
  return {
    owner,
    me: owner.name.split(' ')[0] ?? owner.name,
    now,
    ago: (days, time) => atTime(now.minus({ days }), time).set({ second: (days * 17) % 60 }),
    minutesAgo: (minutes) => now.minus({ minutes }),
    workday: (n, time = '12:00') => atTime(addWorkdays(now, n), time),
  }
}

export type Language = 'en' | 'de' | 'fr' | 'es'

/** The day in words: `Tuesday 3 March`, `Dienstag, 3. März`, `mardi 3 mars`, `martes 3 de marzo`. */
export function spell(day: DateTime, language: Language): string {
  const format = { en: 'cccc d LLLL', de: 'cccc, d. LLLL', fr: 'cccc d LLLL', es: "cccc d 'de' LLLL" }[language]
  return day.setLocale(language).toFormat(format)
}

/** The Sunday on which the clocks of Berlin change next, as long as the Friday before it can still be planned. */
export function nextClockChange(now: DateTime): DateTime {
  let sunday = now.startOf('day')
  for (;;) {
    sunday = sunday.plus({ days: 1 })
    const changes = sunday.offset !== sunday.plus({ days: 1 }).offset
    if (changes && sunday.diff(now, 'days').days > 3) return sunday
  }
}

/** The hour of Berlin on that day. */
export function atTime(day: DateTime, time: string): DateTime {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  return day.set({ hour, minute, second: 0, millisecond: 0 })
}

function addWorkdays(day: DateTime, n: number): DateTime {
  if (n === 0) return day
  const next = day.plus({ days: 1 })
  return addWorkdays(next, next.weekday <= 5 ? n - 1 : n)
}
