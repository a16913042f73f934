import { expect, test } from 'vitest'
import { de } from '../../server/adapters/offline-model/wording/de.ts'
import { en } from '../../server/adapters/offline-model/wording/en.ts'
import { es } from '../../server/adapters/offline-model/wording/es.ts'
import { fr } from '../../server/adapters/offline-model/wording/fr.ts'
import type { Wording } from '../../server/adapters/offline-model/wording/wording.ts'
import { promisesWork } from '../../server/agent/promises.ts'

const manners = ['formal', 'friendly', 'neutral'].flatMap((tone) =>
  [true, false].map((isFamiliar) => ({ tone, isFamiliar })),
)

/** Everything that a wording can say, in every manner and with and without a subject. */
function sentencesOf({ locale: _locale, beginnings: _beginnings, endings: _endings, ...wording }: Wording): string[] {
  const said = manners.flatMap((manner) => [
    wording.greeting({ first: 'Ada', full: 'Ada Winter' }, manner),
    wording.greeting(undefined, manner),
    wording.closing(manner),
    wording.proposalNoted(manner),
    wording.whichTime(manner),
    ...['“Offer”', undefined].flatMap((subject) => [
      wording.thanks(subject, manner),
      wording.thanksForProposal(subject, manner),
      wording.thanksForReminder(subject, manner),
      wording.regret(subject, manner),
    ]),
  ])
  const aboutDays = [wording.asWritten('3 March'), wording.earlier('3 March'), wording.proposalAccepted('10:00')]
  const fixed = Object.values(wording).filter((part) => typeof part === 'string')
  return [...said, ...aboutDays, ...fixed, wording.quote('Offer')]
}

test.each(Object.entries({ en, de, fr, es }))('no sentence of the %s wording promises work', (_language, wording) => {
  expect(sentencesOf(wording).filter(promisesWork)).toEqual([])
})
