/** A mail of these headers and this text, each character of which is one byte, unless it is given as bytes. */
export function rawMail(headers: Readonly<Record<string, string>>, text: string | Buffer = 'Hello'): Buffer {
  const all = { From: 'Ann <ann@example.com>', To: 'owner@example.com', Subject: 'Hello', ...headers }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`${head.join('')}\r\n`, 'latin1'), Buffer.from(text as string, 'latin1')])
}

export function htmlMail(html: string): Buffer {
  return rawMail({ 'Content-Type': 'text/html; charset=utf-8' }, Buffer.from(html))
}

export function mixed(parts: string, boundary = 'b'): Buffer {
  return rawMail({ 'Content-Type': `multipart/mixed; boundary="${boundary}"` }, parts)
}

/** `count` pieces, each made from its number. */
export function many(count: number, piece: (index: number) => string, separator = ''): string {
  return Array.from({ length: count }, (_, index) => piece(index)).join(separator)
}
