import type { Wording } from './wording.ts'

export const de: Wording = {
  locale: 'de-DE',
  greeting(person, { tone, isFamiliar }) {
    if (!person) return 'Guten Tag,'
    if (isFamiliar) return `Hallo ${person.first},`
    return tone === 'friendly' ? `Hallo ${person.full},` : `Guten Tag ${person.full},`
  },
  closing({ tone, isFamiliar }) {
    if (tone === 'formal') return 'Mit freundlichen Grüßen'
    return tone === 'friendly' && isFamiliar ? 'Liebe Grüße' : 'Viele Grüße'
  },
  quote: (text) => `„${text}“`,
  thanks: (subject, { isFamiliar }) =>
    `vielen Dank für ${isFamiliar ? 'deine' : 'Ihre'} Nachricht${subject ? ` zu ${subject}` : ''}.`,
  thanksForProposal: (subject, { isFamiliar }) =>
    `vielen Dank für ${isFamiliar ? 'deinen' : 'Ihren'} Terminvorschlag${subject ? ` zu ${subject}` : ''}.`,
  thanksForReminder: (subject) => `vielen Dank für die Erinnerung${subject ? ` an ${subject}` : ''}.`,
  regret: (subject, { isFamiliar }) =>
    `vielen Dank für ${isFamiliar ? 'deine' : 'Ihre'} offenen Worte${subject ? ` zu ${subject}` : ''}. ` +
    `Es tut mir leid, dass ${isFamiliar ? 'du' : 'Sie'} damit Ärger ${isFamiliar ? 'hattest' : 'hatten'}.`,
  asWritten: (day) => `Wie ich am ${day} geschrieben habe:`,
  earlier: (day) => `Dazu hatte ich am ${day} geschrieben.`,
  proposalNoted: ({ isFamiliar }) => `Die Antwort auf ${isFamiliar ? 'deinen' : 'Ihren'} Vorschlag folgt noch.`,
  proposalAccepted: (time) => `Dieser Termin passt mir: ${time}.`,
  proposalDeclined: 'Zu dieser Zeit passt es mir leider nicht.',
  timesOffered: 'Diese Zeiten würden mir passen:',
  otherTimesOffered: 'Alternativ würden mir diese Zeiten passen:',
  whichTime: ({ isFamiliar }) => `Welche davon passt ${isFamiliar ? 'dir' : 'Ihnen'} am besten?`,
  timesFollow: 'Mögliche Zeiten folgen noch.',
  detailsFollow: 'Einzelheiten dazu folgen noch.',
  moreDetailsFollow: 'Einzelheiten zu den übrigen Punkten folgen noch.',
  updateFollows: 'Der aktuelle Stand dazu folgt noch.',
  checkingFirst: 'Bevor ich im Einzelnen antworte, möchte ich genau ansehen, was geschehen ist.',
  beginnings: /^(?:hallo|hi|moin|guten (?:tag|morgen|abend)|liebe[rs]?|sehr geehrte[rs]?|servus)\b/i,
  endings: /\b(?:grüße|grüßen|gruß|herzlich|hochachtungsvoll)\b/i,
}
