import { csv, pdf } from './parts.ts'
import { emre, leo, lindgren, seidel, weber, yusuf } from './people.ts'
import { from, letter, open, settled, thread, to, type Thread } from './script.ts'
import type { World } from './world.ts'

/** Everyday life of a studio: partners, the accountant, an applicant, threads the owner has closed herself. */
export function studioThreads(world: World): Thread[] {
  return [
    fathomRate(world),
    emreColours(world),
    emrePrototype(world),
    weberLabels(world),
    taxReceipts(world),
    internship(world),
    hotelSigns(world),
  ]
}

function fathomRate({ me, ago }: World): Thread {
  return thread('fathom-rate', 'Tideline: your rate for a second phase?', [
    from(
      leo,
      ago(20, '18:22'),
      settled('inquiry'),
      letter`
        Mara!

        The Tideline screens tested so well that a man of 81 asked if he could keep the prototype. We
        want a second phase in which you look after the onboarding. What would you charge, and how
        many days a week could you give us?

        Leo, Fathom Audio
      `,
    ),
    to(
      leo,
      ago(20, '20:10'),
      letter`
        Hi Leo,

        let the man keep it. My day rate is 780 euros, for Tideline I stay at the 740 of phase one
        because your bug reports make me laugh. I can do two days a week, Mondays and Wednesdays, for
        eight weeks at most. For calls, mornings before eleven are usually bad and after two usually
        good.

        ${me}
      `,
    ),
  ])
}

function emreColours({ me, ago }: World): Thread {
  return thread('emre-colours', 'Farben für die Müsli-App', [
    from(
      emre,
      ago(9, '14:40'),
      settled('inquiry'),
      letter`
        Hi Mara, ich fange heute mit den Stilen an. Welche Farben hast du denn jetzt genommen,
        Hafer oder Himbeere? Oder beides? 😅

        Emre
      `,
    ),
    to(
      emre,
      ago(9, '16:05'),
      letter`
        Beides natürlich! Hafer ist #E9DCC3, Himbeere ist #B3294E und die Schrift ist Schiefer,
        #2B3137. Kontrast habe ich geprüft: Himbeere auf Hafer nur ab 18 Pixel, bitte.

        ${me}
      `,
    ),
  ])
}

function emrePrototype({ minutesAgo }: World): Thread {
  return thread('emre-prototype', '🎉 Prototyp läuft – Müslischüsseln für alle! 🥣', [
    from(
      emre,
      minutesAgo(200),
      open('inquiry'),
      letter`
        Moin Mara,

        der Prototyp läuft auf meinem Handy, auf dem Handy meiner Mutter und (fast) auf dem
        Kühlschrank. 🥳

        Zwei Sachen: Kannst du mir die Farbwerte noch mal schicken, Hafer und Himbeere? Meine
        Notiz liegt unter einer echten Müslischüssel begraben. Und ab welcher Schriftgröße war
        Himbeere auf Hafer okay?

        Emre 🥣
      `,
    ),
  ])
}

function weberLabels({ me, ago }: World): Thread {
  return thread('weber-labels', 'Etiketten Wintertee: Schriftlizenz', [
    from(
      weber,
      ago(10, '08:55'),
      settled('inquiry'),
      letter`
        Liebe Frau Lindqvist,

        die Druckerei fragt, ob die Schrift auf den Etiketten für den Druck lizenziert ist. Ist sie
        das? Ich habe tapfer genickt, wüsste es aber gern.

        Herzlich
        Ihre Katharina Weber
      `,
    ),
    to(
      weber,
      ago(9, '09:30'),
      letter`
        Liebe Frau Weber,

        Sie haben zu Recht genickt: Die Schrift heißt Almendra Text, die Lizenz für Druck bis
        250.000 Stück haben wir im Frühjahr gekauft, und sie läuft auf Weber Tee. Den Beleg hänge
        ich an, für die Druckerei.

        Herzliche Grüße
        ${me}
      `,
      { parts: [pdf('Lizenz-Almendra-Text.pdf', 'Almendra Text - Drucklizenz, 250000 Exemplare, Weber Tee')] },
    ),
  ])
}

function taxReceipts({ ago }: World): Thread {
  const missing = [
    ['Datum', 'Empfänger', 'Betrag', 'Beleg'],
    ['letzter Monat', 'Papierhaus Kreuzberg', '84,20', 'fehlt'],
    ['letzter Monat', 'Bahnreise Lindau', '139,90', 'fehlt'],
    ['letzter Monat', 'Schwimmflügel (?)', '12,99', 'fehlt'],
  ]
  return thread('tax-receipts', 'Fehlende Belege für die Umsatzsteuer', [
    from(
      seidel,
      ago(2, '07:58'),
      open('inquiry'),
      letter`
        Guten Morgen Frau Lindqvist,

        für die Voranmeldung fehlen mir noch drei Belege, die Liste liegt bei. Könnten Sie sie mir bis
        Ende der Woche hochladen? Und darf ich fragen, ob die Schwimmflügel wirklich eine
        Betriebsausgabe sind?

        Mit besten Grüßen
        Martina Seidel
        Steuerberatung Seidel
      `,
      { parts: [csv('fehlende-belege.csv', missing)] },
    ),
  ])
}

function internship({ ago }: World): Thread {
  return thread('internship', 'Internship in spring: I can already make coffee', [
    from(
      yusuf,
      ago(4, '21:17'),
      open('inquiry'),
      letter`
        Dear Ms Lindqvist,

        I study product design in my fifth semester and I have used your trail icons for Borealis as
        an example in two presentations (both times people asked about the elk). Do you take interns?
        I am looking for three months from spring, and I would be happy with three days a week. My CV
        is attached. It is one page, because my professor says so.

        Kind regards,
        Yusuf Demirel
      `,
      { parts: [pdf('CV-Yusuf-Demirel.pdf', 'Yusuf Demirel - product design, 5th semester')] },
    ),
  ])
}

function hotelSigns({ me, ago }: World): Thread {
  return thread('hotel-signs', 'Wayfinding for the new annex', [
    from(
      lindgren,
      ago(12, '10:44'),
      settled('inquiry'),
      letter`
        Dear Mara,

        guests keep ending up in our laundry. We think it is the signs, the laundry thinks it is the
        guests. Would you design the wayfinding for the annex? About 30 signs, opening in summer.

        Oskar Lindgren
        Nordlicht Hotels
      `,
    ),
    to(
      lindgren,
      ago(11, '09:12'),
      letter`
        Dear Oskar,

        what a nice problem. I am fully booked until the end of next month and signs deserve somebody
        who stands in the corridor, so I would rather not promise it. Ask Tove Hallberg, she did the
        museum in Skagen and nobody has been lost there since. I will put the two of you in touch.

        All the best,
        ${me}
      `,
    ),
  ])
}
