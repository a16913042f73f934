import { pdf, png } from './parts.ts'
import { gordon, voss } from './people.ts'
import { from, letter, open, thread, to, type Thread } from './script.ts'
import type { World } from './world.ts'

/** Two people who are not happy, each for a reason. */
export function complaintThreads(world: World): Thread[] {
  return [pellColours(world), vossInvoice(world)]
}

function pellColours({ me, ago, minutesAgo }: World): Thread {
  return thread('pell-colours', 'Final artwork for the spring catalogue', [
    to(
      gordon,
      ago(13, '12:00'),
      letter`
        Hi Gordon,

        here is the final artwork for the catalogue: 32 pages, CMYK, 3 mm bleed. The orange of the
        cover is Pell Orange, 0/62/100/0. Please send me a proof before they print the whole run,
        orange is a diva on uncoated paper.

        ${me}
      `,
      { parts: [pdf('pell-catalogue-final.pdf', 'Pell & Daughters - spring catalogue, final artwork')] },
    ),
    from(
      gordon,
      minutesAgo(310),
      open('complaint'),
      letter`
        Mara,

        I have 2,000 catalogues in the shop and I am really disappointed. The cover is not orange, it
        is salmon. My daughters say it looks like a fish counter, and one customer asked whether we
        sell trout now. There was no proof because the printer said your file was "fine as it is".

        I don't want to argue about whose fault it is, but this is not what we paid for and the fair
        is in two weeks. What are you going to do about it? Photo attached.

        Gordon Pell
        Pell & Daughters Bicycles
      `,
      { parts: [png('cover-in-daylight.png', [250, 128, 114])] },
    ),
  ])
}

function vossInvoice({ me, ago }: World): Thread {
  return thread('voss-invoice', 'Rechnung 2-117: Praxisschild und Terminkarten', [
    to(
      voss,
      ago(8, '17:20'),
      letter`
        Liebe Frau Dr. Voss,

        anbei die Rechnung 2-117 für Praxisschild und Terminkarten, 1.560 Euro netto (zwei Tage).
        Zahlbar innerhalb von 14 Tagen. Das Schild sieht an der Tür übrigens fabelhaft aus, ich bin
        extra vorbeigeradelt.

        Herzliche Grüße
        ${me}
      `,
      { parts: [pdf('Rechnung-2-117.pdf', 'Rechnung 2-117, 1560,00 EUR netto')] },
    ),
    from(
      voss,
      ago(1, '08:07'),
      open('complaint'),
      letter`
        Sehr geehrte Frau Lindqvist,

        leider muss ich die Rechnung 2-117 beanstanden. Erstens ist sie auf meine alte Praxis in der
        Gartenstraße ausgestellt, zweitens haben wir 500 Terminkarten bekommen und nicht 1.000, und
        auf der Hälfte davon fehlt die letzte Ziffer der Telefonnummer. Meine Patienten landen jetzt
        bei einer Pizzeria, die darüber ebenfalls nicht glücklich ist.

        Ich bitte um eine korrigierte Rechnung und einen Vorschlag, wie wir die Karten ersetzen.

        Mit freundlichen Grüßen
        Dr. Sabine Voss
      `,
    ),
  ])
}
