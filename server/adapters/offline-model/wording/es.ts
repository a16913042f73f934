import type { Wording } from './wording.ts'

export const es: Wording = {
  locale: 'es-ES',
  greeting(person, { tone }) {
    if (!person) return 'Buenos días:'
    return tone === 'formal' ? `Buenos días, ${person.full}:` : `Hola, ${person.first}:`
  },
  closing({ tone }) {
    if (tone === 'formal') return 'Atentamente,'
    return tone === 'friendly' ? 'Un cordial saludo,' : 'Saludos,'
  },
  quote: (text) => `«${text}»`,
  thanks: (subject, { isFamiliar }) =>
    `Gracias por ${isFamiliar ? 'tu' : 'su'} mensaje${subject ? ` sobre ${subject}` : ''}.`,
  thanksForProposal: (subject, { isFamiliar }) =>
    `Gracias por ${isFamiliar ? 'tu' : 'su'} propuesta de cita${subject ? ` sobre ${subject}` : ''}.`,
  thanksForReminder: (subject) => `Gracias por el recordatorio${subject ? ` sobre ${subject}` : ''}.`,
  regret: (subject, { isFamiliar }) =>
    `Gracias por avisarme${subject ? ` sobre ${subject}` : ''}. ` +
    `Siento que esto ${isFamiliar ? 'te' : 'le'} haya causado molestias.`,
  asWritten: (day) => `Como escribí el ${day}:`,
  earlier: (day) => `Había escrito sobre ello el ${day}.`,
  proposalNoted: ({ isFamiliar }) => `La respuesta a ${isFamiliar ? 'tu' : 'su'} propuesta seguirá más adelante.`,
  proposalAccepted: (time) => `Esta hora me viene bien: ${time}.`,
  proposalDeclined: 'Lamentablemente, a esa hora no me viene bien.',
  timesOffered: 'A mí me vendrían bien estas horas:',
  otherTimesOffered: 'Como alternativa, a mí me vendrían bien estas horas:',
  whichTime: ({ isFamiliar }) => `¿Cuál de ellas ${isFamiliar ? 'te' : 'le'} viene mejor?`,
  timesFollow: 'Las horas posibles seguirán más adelante.',
  detailsFollow: 'Los detalles al respecto seguirán más adelante.',
  moreDetailsFollow: 'Los detalles sobre los demás puntos seguirán más adelante.',
  updateFollows: 'La información sobre el estado seguirá más adelante.',
  checkingFirst: 'Antes de responder en detalle, quiero ver exactamente qué ha ocurrido.',
  beginnings: /^(?:hola|buen[oa]s|estimad[oa]s?|querid[oa]s?)\b/i,
  endings: /\b(?:saludos?|abrazo|atentamente|cordialmente)\b/i,
}
