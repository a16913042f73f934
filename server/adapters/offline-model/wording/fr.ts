import type { Wording } from './wording.ts'

export const fr: Wording = {
  locale: 'fr-FR',
  greeting(person, { tone }) {
    if (!person) return 'Bonjour,'
    return `Bonjour ${tone === 'formal' ? person.full : person.first},`
  },
  closing({ tone, isFamiliar }) {
    if (tone === 'formal') return 'Cordialement,'
    return tone === 'friendly' && isFamiliar ? 'À bientôt,' : 'Bien cordialement,'
  },
  quote: (text) => `« ${text} »`,
  thanks: (subject, { isFamiliar }) =>
    `Merci pour ${isFamiliar ? 'ton' : 'votre'} message${subject ? ` au sujet de ${subject}` : ''}.`,
  thanksForProposal: (subject, { isFamiliar }) =>
    `Merci pour ${isFamiliar ? 'ta' : 'votre'} proposition de rendez-vous${subject ? ` au sujet de ${subject}` : ''}.`,
  thanksForReminder: (subject) => `Merci pour le rappel${subject ? ` au sujet de ${subject}` : ''}.`,
  regret: (subject, { isFamiliar }) =>
    `Merci de m’en avoir fait part${subject ? `, au sujet de ${subject}` : ''}. ` +
    `Je regrette que cela ${isFamiliar ? 't’ait' : 'vous ait'} causé des ennuis.`,
  asWritten: (day) => `Comme je l’écrivais le ${day} :`,
  earlier: (day) => `J’avais écrit à ce sujet le ${day}.`,
  proposalNoted: ({ isFamiliar }) => `Une réponse à ${isFamiliar ? 'ta' : 'votre'} proposition suivra.`,
  proposalAccepted: (time) => `Ce créneau me convient : ${time}.`,
  proposalDeclined: 'Malheureusement, ce créneau ne me convient pas.',
  timesOffered: 'Voici les créneaux qui me conviendraient :',
  otherTimesOffered: 'Sinon, voici les créneaux qui me conviendraient :',
  whichTime: ({ isFamiliar }) => `Lequel ${isFamiliar ? 'te' : 'vous'} convient le mieux ?`,
  timesFollow: 'Des propositions de créneaux suivront.',
  detailsFollow: 'Les précisions à ce sujet suivront.',
  moreDetailsFollow: 'Les précisions sur les autres points suivront.',
  updateFollows: 'Un point sur l’avancement suivra.',
  checkingFirst: 'Avant de répondre en détail, je tiens à regarder précisément ce qui s’est passé.',
  beginnings: /^(?:bonjour|bonsoir|salut|ch(?:er|ère)s?|madame|monsieur)\b/i,
  endings: /(?:cordialement|bien à|amicalement|salutations|à bientôt|à très vite)/i,
}
