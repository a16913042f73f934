import { expect, test } from 'vitest'
import { proposedTimes } from '../../server/agent/proposed-times.ts'
import { cpuMsOf } from '../support/cpu-time.ts'

/** Friday 20 March 2026, ten o'clock in Berlin; clocks go forward on the 29th. */
const receivedAt = '2026-03-20T09:00:00.000Z'

interface Mail {
  readonly language?: string
  readonly dated?: string
  readonly zone?: string
  readonly calendar?: { method?: string; start: string | null; end: string | null }
}

function read(freshText: string, { language = 'en', dated, zone = 'Europe/Berlin', calendar }: Mail = {}): string[] {
  const part = { method: 'REQUEST', uid: null, summary: null, timeZone: null }
  const mail = {
    freshText,
    language,
    receivedAt,
    dated,
    calendar: calendar ? { ...part, ...calendar } : null,
  }
  const found = proposedTimes(mail, zone, new Date(receivedAt))
  return found.map(
    ({ start, end }) => `${start.toISOString().slice(0, 16)} ${(end.getTime() - start.getTime()) / 60_000}`,
  )
}

test.each<[string, string, string[]]>([
  ['en', 'Can we meet on Thursday at 10:00?', ['2026-03-26T09:00 60']],
  ['en', 'Could we talk on March 31 from 3pm to 4:30pm?', ['2026-03-31T13:00 90']],
  ['en', 'How about tomorrow at 14:30?', ['2026-03-21T13:30 60']],
  [
    'en',
    'Would Tuesday, March 24 at 9:00 or Wednesday, March 25 at 16:00 suit you?',
    ['2026-03-24T08:00 60', '2026-03-25T15:00 60'],
  ],
  ['en', 'Shall we say 27 March 2026 at 11:00?', ['2026-03-27T10:00 60']],
  ['de', 'Passt Ihnen Dienstag, 31. März um 15 Uhr?', ['2026-03-31T13:00 60']],
  ['de', 'Hätten Sie am Dienstag um 15:30 Uhr Zeit?', ['2026-03-24T14:30 60']],
  ['fr', 'Seriez-vous disponible mardi à 10 h ?', ['2026-03-24T09:00 60']],
  ['fr', 'Le 26 mars à 14h30 vous conviendrait ?', ['2026-03-26T13:30 60']],
  ['es', '¿Le viene bien el jueves a las 16:00?', ['2026-03-26T15:00 60']],
  ['es', '¿Podemos vernos el 31 de marzo a las 10:00?', ['2026-03-31T08:00 60']],
])('%s: %s', (language, text, expected) => {
  expect(read(text, { language })).toEqual(expected)
})

test.each([
  // Which Friday?
  ['en', 'Can we meet next Friday at 10:00?'],
  ['en', 'Can we meet on Friday at 14:30?'],
  ['en', 'Next week would be fine. Is Thursday at 10:00 possible?'],
  ['en', 'I am there in two weeks. Is Thursday at 10:00 possible?'],
  ['de', 'In der Woche danach passt Donnerstag um 10 Uhr.'],
  ['en', 'I am in Berlin from 6 April. Shall we meet on Thursday at 10:00?'],
  ['de', 'Geht es nächsten Freitag um 10 Uhr?'],
  ['fr', 'Vendredi prochain à 10h ?'],
  ['es', '¿El próximo viernes a las 10:00?'],
  // A day and a weekday that do not go together; a date of two readings; four in the afternoon, or at night.
  ['de', 'Passt Ihnen Dienstag, 30. März um 15 Uhr?'],
  ['en', 'Is 04/05/2026 at 10:00 fine?'],
  ['en', 'Shall we meet on Thursday at 4?'],
  ['es', '¿Mañana a las 4 de la tarde?'],
  ['de', 'Am Donnerstag um 9 Uhr abends?'],
  // Another clock, an hour that is skipped, one that comes twice.
  ['en', 'Is Thursday, March 26 at 10am CET fine?'],
  ['en', 'Is Thursday, March 26 at 10:00 your time fine?'],
  ['en', 'Could you do March 29 at 02:30?'],
  // Whole days, past ones, half a day, and what is no proposal.
  ['en', 'Would Tuesday or Wednesday suit you?'],
  ['en', 'Any time on Thursday, March 26 between 9:00 and 17:00 suits me.'],
  ['en', 'I cannot do Monday at 9:00. Thursday at 11:00 is fine.'],
  ['en', 'Sorry that I missed you last Tuesday at 10:00. When are you free?'],
  ['en', 'Please let me know by Thursday 26 March at 12:00.'],
  ['en', 'The office is open from 9:00 to 17:00.'],
  ['en', 'Around 10:00 on Thursday?'],
  ['en', 'Is 20 March 2028 at 10:00 fine?'],
  ['it', 'Va bene giovedì alle 10:00?'],
])('%s: %s is for its owner to see', (language, text) => {
  expect(read(text, { language })).toEqual([])
})

test('an hour that comes twice is none', () => {
  const mail = { language: 'en', receivedAt: '2026-10-20T09:00:00.000Z', dated: undefined, calendar: null }
  const at = (freshText: string) =>
    proposedTimes({ ...mail, freshText }, 'Europe/Berlin', new Date(mail.receivedAt)).map(({ start }) =>
      start.toISOString(),
    )
  expect(at('Could you do October 25 at 02:30?')).toEqual([])
  expect(at('Could you do October 25 at 03:30?')).toEqual(['2026-10-25T02:30:00.000Z'])
})

test('whoever writes from another zone means their own clock, as far as the season says what it shows', () => {
  const text = 'Can we meet on Thursday, March 26 at 10:00?'
  expect(read(text, { dated: 'Fri, 20 Mar 2026 05:00:00 -0400' })).toEqual(['2026-03-26T14:00 60'])
  for (const same of ['Fri, 20 Mar 2026 10:00:00 +0100', 'Fri, 20 Mar 2026 09:00:00 GMT', 'some day'])
    expect(read(text, { dated: same })).toEqual(['2026-03-26T09:00 60'])
  const later = 'Can we meet on Tuesday, March 31 at 10:00?'
  expect(read(later, { dated: 'Fri, 20 Mar 2026 05:00:00 -0400' })).toEqual([])
})

test('an invitation proposes the time of its calendar part, and nothing else counts', () => {
  const calendar = { start: '2026-03-26T09:00:00.000Z', end: '2026-03-26T10:30:00.000Z' }
  expect(read('Thursday at 8:00?', { calendar })).toEqual(['2026-03-26T09:00 90'])
  for (const unclear of [
    { ...calendar, method: 'CANCEL' },
    { ...calendar, start: '2026-03-26', end: '2026-03-27' },
    { ...calendar, start: '2026-03-26T09:00:00', end: '2026-03-26T10:00:00' },
    { start: '2026-03-19T09:00:00.000Z', end: '2026-03-19T10:00:00.000Z' },
    { ...calendar, end: null },
  ])
    expect(read('Thursday, March 26 at 8:00?', { calendar: unclear })).toEqual([])
})

test.each(['10:00 ', 'Thursday at 10:00 ', 'March 26 ', '1.', '3/', 'at ', 'next ', '10-'])(
  'long mail of %j costs little',
  async (piece) => {
    for (const length of [1_000_000, 4_000]) {
      const text = piece.repeat(length / piece.length).slice(0, length)
      const times: number[] = []
      for (const language of ['en', 'de', 'fr', 'es']) {
        times.push(await cpuMsOf(() => Promise.resolve(read(text, { language }))))
      }
      expect(Math.max(...times)).toBeLessThan(1_000)
    }
  },
)
