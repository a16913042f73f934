import { phrases } from '../../../mail/phrases.ts'
import type { LanguageCues } from './cues.ts'

export const de: LanguageCues = {
  meeting_request: {
    strong: phrases(`
      termin vereinbaren, einen termin, terminvorschlag, terminvorschläge, terminanfrage, terminabstimmung,
      treffen wir uns, uns treffen, zusammensetzen, zusammenkommen, telefonieren, kurz sprechen, ein gespräch,
      einen anruf, einen call, videocall, per video, per zoom, passt ihnen, passt es ihnen, passt dir, passt
      es dir, haben sie zeit, hast du zeit, hätten sie zeit, hättest du zeit, verfügbar, einladung zum,
      einladung zur, lade ich sie, lade dich, mittagessen, auf einen kaffee, verlegen, verschieben,
      vorbeikommen, wann können wir, wann könnten wir, wann kannst du, eine stunde mit, halbe stunde,
      besprechung
    `),
    weak: phrases(`
      termin, uhr, kalender, treffen, meeting, zoom, teams, einladung, dabei, ginge auch, jemand im
    `),
  },
  complaint: {
    strong: phrases(`
      beschwerde, beschweren, beanstand*, reklamation, reklamier*, enttäuscht, enttäuschend, unzufrieden,
      inakzeptabel, nicht akzeptabel, unverschämt, ärgerlich, verärgert, mangelhaft, defekt, beschädigt,
      funktioniert nicht, geht nicht mehr, nicht angekommen, nie angekommen, falsch geliefert, falsche
      lieferung, geld zurück, erstattung, rückerstattung, doppelt abgebucht, doppelt berechnet, zu viel
      berechnet, so nicht bestellt, frist gesetzt, setze ihnen eine frist, nachbesserung, eine zumutung
    `),
    weak: phrases(`
      leider, fehler, fehlt, fehlen, falsch, problem, probleme, korrigierte, kaputt, zu spät, verspätung,
      ersetzen, schlecht, mangel
    `),
  },
  follow_up: {
    strong: phrases(`
      nachfragen, nachhaken, noch einmal nachfragen, gibt es schon, gibt es neuigkeiten, gibt es etwas neues,
      stand der dinge, aktuellen stand, wie ist der stand, was ist der stand, noch keine antwort, noch nichts
      gehört, nichts von ihnen gehört, nichts von dir gehört, meine letzte mail, meine letzte e mail, meiner
      letzten mail, meiner letzten e mail, meine mail vom, meine e mail vom, meine nachricht vom, freundliche
      erinnerung, kleine erinnerung, ich warte noch, wir warten noch, warte immer noch, wollten sie uns,
      wolltest du mir, wollten sie mir, hatten sie zugesagt, schon dazu gekommen, lebenszeichen
    `),
    weak: phrases(`
      erinnerung, letzte woche, letzter woche, neuigkeiten, stand, noch immer, nach wie vor
    `),
  },
  inquiry: {
    strong: phrases(`
      anfrage, angebot machen, ein angebot, kostenvoranschlag, was kostet, was würde, wie viel kostet, wie
      viel würde, preisliste, ihre preise, bieten sie, können sie mir sagen, könnten sie mir sagen, kannst du
      mir sagen, interessiere mich, interessieren uns, wir suchen, ich suche, wüsste gern, würde gern wissen,
      möchte gern wissen, eine frage, kurze frage, fragen noch, informationen zu, informationen über, nehmen
      sie, haben sie noch, kannst du mir, könnten sie sie, wäre es möglich
    `),
    weak: phrases(`
      kosten, preis, tagessatz, angebot, frage, fragen, projekt, auskunft, können sie, könnten sie, kannst du,
      könntest du, würden sie, dürfte ich, darf ich, welche, welcher, wie lange, ab wann, bitte um, bitte
      senden, bitte schicken
    `),
  },
  spam: {
    strong: phrases(`
      bestätigen sie ihr konto, bestätigen sie ihre daten, konto wurde gesperrt, konto wurde eingeschränkt,
      konto wird gesperrt, ungewöhnliche anmeldung, ungewöhnliche aktivität, verifizieren sie, klicken sie
      hier, klicken sie auf, jetzt klicken, sie haben gewonnen, gewinnbenachrichtigung, lotterie, erbschaft,
      millionen euro, bankdaten, passwort läuft ab, gutschein sichern, nur heute, jetzt zuschlagen, garantiert
      ohne risiko, ohne risiko, schnell geld, nebenverdienst, potenzmittel, sofortkredit, kredit ohne,
      abmelden, lieber kunde, sehr geehrter kunde, backlinks, seite eins bei google, paket konnte nicht
      zugestellt, zollgebühr, krypto, verdoppeln sie, exklusives angebot, letzte mahnung vor
    `),
    weak: phrases(`
      passwort, dringend, sofort, innerhalb von 24 stunden, gratis, kostenlos, rabatt, gewinn, garantiert,
      millionen, vertraulich, gesperrt, bonus, aktion, sparen
    `),
  },
  requests: phrases(`
    können sie, könnten sie, kannst du, könntest du, würden sie, würdest du, bitte senden, bitte schicken, bitte um,
    bitte melden, bitte bestätigen, bitte teilen, bitte prüfen, bitte geben, bitten wir, bitte ich, ich bitte, wir
    bitten, wir möchten, ich möchte, wir suchen, ich suche, ich hätte gern, geben sie mir, gib mir bescheid, sag
    mir, lassen sie mich wissen, lass mich wissen, wüsste gern, wüsste es gern, würde gern wissen
  `),
  awaiting: phrases(
    `freue mich auf ihre, freue mich auf deine, freue mich über ihre, erwarte ich, erwarten wir, ihre rückmeldung, deine rückmeldung`,
  ),
  thanks: phrases(`
      danke, vielen dank, herzlichen dank, tausend dank, besten dank, dankeschön, passt alles, alles gut, hat
      geklappt, ist angekommen, wunderbar, perfekt
    `),
  nothingExpected: phrases(`
      zur info, zur information, zu ihrer information, zur kenntnis, nur zur, keine antwort nötig, keine
      antwort erforderlich, nichts zu tun, brauchen nichts zu tun, brauchst nichts, kein handlungsbedarf, in
      kopie, ich melde mich, wir melden uns
    `),
  machine: phrases(`
      abwesenheit, nicht im büro, automatische antwort, automatisch erzeugt, automatisch generiert, antworten
      sie nicht auf diese, newsletter, abbestellen, abmelden, im browser ansehen
    `),
  weekdays: phrases(`
      montag, dienstag, mittwoch, donnerstag, freitag, samstag, sonntag, morgen um, nächste woche, kommende
      woche
    `),
  familiar: phrases(`du, dir, dich, dein, deine, deinen, deiner, deinem, euch, euer, eure`),
}
