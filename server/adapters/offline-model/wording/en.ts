import type { Wording } from './wording.ts'

export const en: Wording = {
  locale: 'en-GB',
  greeting(person, { tone }) {
    if (!person) return 'Hello,'
    if (tone === 'formal') return `Dear ${person.full},`
    return `${tone === 'friendly' ? 'Hi' : 'Hello'} ${person.first},`
  },
  closing: ({ tone }) => ({ friendly: 'Best wishes,', formal: 'Kind regards,' })[tone] ?? 'Best regards,',
  quote: (text) => `“${text}”`,
  thanks: (subject) => `Thank you for your message${subject ? ` about ${subject}` : ''}.`,
  thanksForProposal: (subject) => `Thank you for suggesting a time${subject ? ` for ${subject}` : ''}.`,
  thanksForReminder: (subject) => `Thank you for the reminder${subject ? ` about ${subject}` : ''}.`,
  regret: (subject) =>
    `Thank you for telling me${subject ? ` about ${subject}` : ''}. I am sorry that this has given you trouble.`,
  asWritten: (day) => `As I wrote on ${day}:`,
  earlier: (day) => `I wrote to you about it on ${day}.`,
  proposalNoted: () => 'An answer to the time you suggest will follow.',
  proposalAccepted: (time) => `This time works for me: ${time}.`,
  proposalDeclined: 'That time does not suit me.',
  timesOffered: 'These times would work for me:',
  otherTimesOffered: 'Alternatively, these times would work for me:',
  whichTime: () => 'Which of them suits you best?',
  timesFollow: 'Possible times will follow.',
  detailsFollow: 'Details on this will follow.',
  moreDetailsFollow: 'Details on the other points will follow.',
  updateFollows: 'An update on this will follow.',
  checkingFirst: 'Before I answer in detail, I want to look at exactly what happened.',
  beginnings: /^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|greetings)\b/i,
  endings: /\b(?:regards|wishes|sincerely|cheers|thanks|best)\b/i,
}
