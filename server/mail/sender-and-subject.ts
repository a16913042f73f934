const longestHead = 64_000

/** The sender and the subject of a raw mail, as a mail that holds nothing else; null when neither is there. */
export function senderAndSubject(raw: Buffer): Buffer | null {
  const [head = ''] = raw.toString('latin1', 0, longestHead).split(/\r?\n\r?\n/, 1)
  const lines: string[] = []
  for (const line of head.split(/\r?\n/)) {
    if (/^[ \t]/.test(line) && lines.length > 0) lines.push(`${lines.pop() ?? ''}\r\n${line}`)
    else lines.push(line)
  }
  const telling = ['from', 'subject'].flatMap(
    (name) => lines.find((line) => line.slice(0, name.length + 1).toLowerCase() === `${name}:`) ?? [],
  )
  return telling.length === 0 ? null : Buffer.from(`${telling.join('\r\n')}\r\n\r\n`, 'latin1')
}
