import { splitMail } from './mime.ts'

/** Edits the header block of a mail held as latin1 text; the body keeps its bytes. */
export function setHeader(mail: string, name: string, value: string): string {
  const line = `${name}: ${Buffer.from(value).toString('latin1')}\r\n`
  return line + dropHeader(mail, name)
}

export function dropHeader(mail: string, name: string): string {
  const { head } = splitMail(mail)
  return head.concat('\n').replace(pattern(name), '').slice(0, -1) + mail.slice(head.length)
}

export function hasHeader(mail: string, name: string): boolean {
  return pattern(name).test(splitMail(mail).head.concat('\n'))
}

/** The header with its folded lines. */
function pattern(name: string): RegExp {
  return new RegExp(`^${name}:[^\\n]*\\n(?:[ \\t][^\\n]*\\n)*`, 'gim')
}
