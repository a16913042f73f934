/**
 * mailparser joins flowed lines (RFC 3676) and takes the blank off stuffed ones: with a signature mark behind a flowed
 * line the mark is lost (4.3), and a stuffed `>` becomes a quotation (4.4). Here the line before the mark ends, and
 * the stuffed mark keeps a blank.
 */
export function keepFlowedMarks(mail: Buffer): Buffer {
  if (!mail.includes('flowed') && !mail.includes('Flowed') && !mail.includes('FLOWED')) return mail
  const bytes = mail.toString('latin1')
  if (!/^content-type[ \t]*:[^\n]{0,500}(?:\n[ \t][^\n]{0,500}){0,4}?\bformat\s*=\s*"?flowed/im.test(bytes)) return mail
  const marked = bytes
    .replace(/(?: |=20){1,5}(\r?\n)(?=--(?: |=20)\r?\n)/g, '$1')
    .replace(/(?<!(?: |=20)\r?\n)^ (?=>)/gm, '  ')
  return Buffer.from(marked, 'latin1')
}
