/** What a mail of one part says, headers and all, whatever it was encoded as. */
export function sentText(raw: string): string {
  const end = /\r?\n\r?\n/.exec(raw)
  const head = raw.slice(0, end?.index ?? raw.length)
  const body = raw.slice((end?.index ?? raw.length) + (end?.[0].length ?? 0))
  const encoding = /^content-transfer-encoding:\s*(\S+)/im.exec(head)?.[1]?.toLowerCase()
  return `${head.replaceAll(/\r?\n[ \t]+/g, ' ')}\r\n\r\n${decode(body, encoding)}`
}

function decode(body: string, encoding: string | undefined): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8')
  if (encoding !== 'quoted-printable') return body
  const bytes = body
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
