import { jonas, priya, sam, tomasz } from './people.ts'
import { from, letter, open, settled, thread, to, type Thread } from './script.ts'
import { spell, type World } from './world.ts'

/** Clients in the middle of a project: most of what they ask was settled in an earlier mail. */
export function clientThreads(world: World): Thread[] {
  return [hartmannQuote(world), kilnSchedule(world), kilnDate(world), kilnCopy(world), borealisIcons(world)]
}

function hartmannQuote({ me, ago, minutesAgo }: World): Thread {
  return thread('hartmann-quote', 'Anfrage: Redesign Werkzeug-Konfigurator', [
    from(
      jonas,
      ago(19, '10:12'),
      settled('inquiry'),
      letter`
        Sehr geehrte Frau Lindqvist,

        Katharina Weber (Weber Tee) hat Sie uns wärmstens empfohlen. Unser Online-Konfigurator für
        Schraubendrehersätze stammt aus dem Jahr 2014 und sieht leider auch so aus. Könnten Sie uns
        ein Angebot für ein Redesign machen? Etwa 14 Ansichten, Desktop und Tablet.

        Mit freundlichen Grüßen
        Jonas Hartmann
        Hartmann & Söhne Werkzeuge, Solingen
      `,
    ),
    to(
      jonas,
      ago(18, '09:05'),
      letter`
        Guten Morgen Herr Hartmann,

        danke für die nette Anfrage, und Grüße an Frau Weber! Für 14 Ansichten rechne ich mit
        12 Arbeitstagen zu meinem Tagessatz von 780 Euro netto, zusammen 9.360 Euro. Darin enthalten
        sind zwei Korrekturschleifen und eine Schulung von zwei Stunden für Ihr Team. Beginnen kann
        ich drei Wochen nach Freigabe. Das Angebot gilt 30 Tage.

        Viele Grüße aus Neukölln
        ${me}
      `,
    ),
    from(
      jonas,
      ago(17, '15:48'),
      settled('other'),
      letter`
        Hallo Frau Lindqvist,

        herzlichen Dank, das ging ja flott. Wir besprechen das intern und ich melde mich, sobald mein
        Vater die Zahl verdaut hat.

        Beste Grüße
        Jonas Hartmann
      `,
    ),
    from(
      jonas,
      minutesAgo(95),
      open('inquiry'),
      letter`
        Guten Tag Frau Lindqvist,

        mein Vater hat verdaut, wir möchten beauftragen! Drei kurze Fragen noch, bevor er es sich
        anders überlegt: Gilt der Tagessatz aus Ihrem Angebot weiterhin? Ist die Schulung für unser
        Team darin enthalten? Und wie lange nach der Freigabe könnten Sie anfangen?

        Beste Grüße
        Jonas Hartmann
      `,
    ),
  ])
}

function kilnSchedule({ me, ago, workday }: World): Thread {
  return thread('kiln-schedule', 'Terracotta: schedule and who does what', [
    to(
      priya,
      ago(16, '11:20'),
      letter`
        Hi Priya,

        it was lovely to see the studio (and to be allowed near a kiln without supervision). Here is
        the schedule for Terracotta as we agreed:

        - wireframes of the checkout: done, they are in the shared folder
        - icons for delivery and gift wrapping: included, 14 pieces, SVG
        - final Figma file, ready for Sam to build: ${spell(workday(9), 'en')}
        - handover call the same afternoon, 14:00 my time

        Two rounds of changes are in the price. The third one costs a mug.

        ${me}
      `,
    ),
    from(
      priya,
      ago(16, '17:42'),
      settled('other'),
      letter`
        This is perfect, thank you. I have pinned it above the glaze chart, which is the highest
        honour we give. No changes from us!

        Priya
      `,
    ),
  ])
}

function kilnDate({ minutesAgo }: World): Thread {
  return thread('kiln-date', 'Quick one: Terracotta final files?', [
    from(
      priya,
      minutesAgo(47),
      open('inquiry'),
      letter`
        Hi Mara,

        I am booking the developers and I cannot find the schedule (somebody glazed over it,
        literally). On which day do we get the final Figma file for Terracotta? And how many icons
        were included, and in which format?

        Sorry and thanks,
        Priya

        Kiln & Co, 4 Potters Yard, London
      `,
    ),
  ])
}

function kilnCopy({ owner, ago }: World): Thread {
  return thread('kiln-cc', 'Staging password for the checkout', [
    from(
      priya,
      ago(3, '09:31'),
      settled('other'),
      letter`
        Sam, the staging site for Terracotta is up again. Same user as before, and I have put the new
        password into the vault. Please point the payment page at the test provider before Thursday.

        Mara in copy just so that she knows why the old links stopped working. Nothing to do for you!

        Priya
      `,
      { to: [sam], cc: [{ ...owner, language: 'en', client: 'gmail' }] },
    ),
  ])
}

function borealisIcons({ me, ago }: World): Thread {
  return thread('borealis-icons', 'Map icons, dark mode', [
    from(
      tomasz,
      ago(15, '13:03'),
      settled('inquiry'),
      letter`
        Hello Mara,

        the trail icons look fantastic on paper and on screens. In dark mode, however, the "beware of
        elk" sign now looks like a very sad dog. Could you redraw the set for dark backgrounds? It is
        22 icons, and we would pay the same price for each as last time.

        Best wishes,
        Tomasz
        Borealis Maps
      `,
    ),
    to(
      tomasz,
      ago(14, '10:26'),
      letter`
        Hi Tomasz,

        poor elk. Yes, gladly: 22 icons at 45 euros each, so 990 euros. I will send you the first six
        as SVG by the end of next week, the elk first, so that you can check them in the app before I
        draw the rest.

        ${me}
      `,
    ),
    from(
      tomasz,
      ago(1, '16:15'),
      open('follow_up'),
      letter`
        Hi Mara,

        any news about the first six dark mode icons? You had planned to send them last week. Our
        release is getting closer and the sad dog has made it into a review in the app store.

        No panic, just a sign of life would help.
        Tomasz
      `,
    ),
  ])
}
