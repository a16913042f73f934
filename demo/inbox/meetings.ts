import { escapeHtml } from './html.ts'
import { invitation } from './parts.ts'
import { ana, krueger, leo, linnea, nadia, oeztuerk } from './people.ts'
import { from, letter, open, thread, type Thread } from './script.ts'
import { nextClockChange, spell, type World } from './world.ts'

/** People who want an hour of the owner's time; one of them on either side of a clock change. */
export function meetingThreads(world: World): Thread[] {
  return [
    fathomCall(world),
    maresOffsite(world),
    lumenReview(world),
    lindauAcceptance(world),
    heatingMeter(world),
    fika(world),
  ]
}

function fathomCall({ workday, minutesAgo }: World): Thread {
  return thread('fathom-call', 'Tideline phase two: 30 minutes to kick off?', [
    from(
      leo,
      minutesAgo(140),
      open('meeting_request'),
      letter`
        Mara!

        Phase two is signed, the board even clapped. Can we do half an hour on Zoom to kick it off?
        I could do ${spell(workday(3), 'en')} at 10:00 or ${spell(workday(4), 'en')} at 14:30, both
        your time. If neither works, throw a shoe at another slot.

        And could you remind me what we said about the day rate and the days a week, so that I put
        the right numbers in the plan?

        Leo
      `,
    ),
  ])
}

/** The two days on offer: a Friday, and the Tuesday after it, when the clocks have changed. */
export function offsiteDays(world: World) {
  const sunday = nextClockChange(world.now)
  return { before: sunday.minus({ days: 2 }), after: sunday.plus({ days: 2 }) }
}

function maresOffsite(world: World): Thread {
  const { before, after } = offsiteDays(world)
  const year = (day: typeof before) => `${spell(day, 'en')} ${day.year}`
  return thread('mares-offsite', 'Design day with the Marés collective: which side of the clock change?', [
    from(
      ana,
      world.ago(2, '11:36'),
      open('meeting_request'),
      letter`
        Dear Mara,

        we plan far ahead because eleven people and one ferry are involved. Would you lead a two-hour
        design review for us, online? We can offer:

        - ${year(before)}, 15:00 to 17:00 Berlin time
        - ${year(after)}, 15:00 to 17:00 Berlin time

        Please note that the clocks change on the Sunday in between. Last time half of us were
        an hour early and the other half blamed the ferry.

        Which one suits you better?

        Um abraço,
        Ana Ferreira
      `,
    ),
  ])
}

function lumenReview({ owner, ago, workday }: World): Thread {
  const sentAt = ago(1, '14:22')
  const start = workday(5, '11:00')
  const event = {
    uid: `lumen-review-${start.toFormat('yyyyLLdd')}@lumen-library.example`,
    summary: 'Design review: children’s catalogue',
    location: 'Lumen Library\\, room Astrid (third floor)',
    start,
    minutes: 60,
    sentAt,
  }
  return thread('lumen-review', `Invitation: Design review, ${spell(start, 'en')}, 11:00`, [
    from(
      nadia,
      sentAt,
      open('meeting_request'),
      letter`
        Hello Mara,

        I would love to show you what the children made of the paper prototype (glitter, mostly).
        The invitation for ${spell(start, 'en')}, 11:00 to 12:00 in room Astrid is below. Can you
        confirm that you will be there? Then I will order the good biscuits.

        Nadia Okafor
        Lumen Library
      `,
      { invitation: invitation(event, nadia, owner) },
    ),
  ])
}

function lindauAcceptance({ ago, workday }: World): Thread {
  const first = spell(workday(6), 'de')
  const second = spell(workday(7), 'de')
  const words = letter`
    Sehr geehrte Frau Lindqvist,

    für die Abnahme der neuen Störungsseite würden wir uns gern eine Stunde mit Ihnen zusammensetzen,
    per Video. Passt Ihnen ${first} um 14:00 Uhr oder ${second} um 9:30 Uhr?

    Unser Herr Sommer vom Wasserwerk nimmt auch teil. Er hat viele Fragen, aber ein gutes Herz.

    Mit freundlichen Grüßen
    Bettina Krüger
    Stadtwerke Lindau, Kommunikation
  `
  const html = words
    .split('\n\n')
    .map((line) => `<p class="MsoNormal"><span style="font-family:Calibri,sans-serif">${escapeHtml(line)}</span></p>`)
    .join('\n<p class="MsoNormal">&nbsp;</p>\n')
  return thread('lindau-acceptance', 'Terminvorschlag: Abnahme der Störungsseite', [
    from(krueger, ago(1, '10:49'), open('meeting_request'), words, {
      html: `<html><head><style>p.MsoNormal{margin:0}</style></head><body lang="DE"><div class="WordSection1">\n${html}\n</div></body></html>`,
      htmlOnly: true,
    }),
  ])
}

function heatingMeter({ workday, ago }: World): Thread {
  return thread('heating-meter', '', [
    from(
      oeztuerk,
      ago(3, '12:12'),
      open('meeting_request'),
      letter`
        Guten Tag Frau Lindqvist,

        der Ableser für die Heizung kommt am ${spell(workday(4), 'de')} zwischen 9 und 11 Uhr ins Haus.
        Ist dann jemand im Atelier? Sonst ginge auch ${spell(workday(5), 'de')}, 13 bis 15 Uhr.

        Den Betreff habe ich vergessen, sehe ich gerade.

        Öztürk
      `,
    ),
  ])
}

function fika({ workday, minutesAgo }: World): Thread {
  return thread('fika', 'Fika?', [
    from(
      linnea,
      minutesAgo(25),
      open('meeting_request'),
      letter`
        Hej du!

        Cardamom buns are back at the corner café. ${spell(workday(2), 'en')} at 16:00, or do you have
        one of your deadlines again? I can also do ${spell(workday(3), 'en')}, same time. I will bring
        your ladder back, promise.

        Kram, Linnea
      `,
    ),
  ])
}
