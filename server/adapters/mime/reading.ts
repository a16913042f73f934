import type { MailReading, ParsedMail } from '../../mail/fields.ts'

/** What reading came to, by what is there and what is wrong with it. */
export function toReading(mail: ParsedMail | null, problems: Iterable<string>): MailReading {
  const problem = [...problems].filter((sentence) => sentence !== '').join(' ')
  if (!mail) return { kind: 'quarantined', mail, problem: problem || 'It could not be read.' }
  return problem === '' ? { kind: 'parsed', mail, problem: null } : { kind: 'partial', mail, problem }
}
