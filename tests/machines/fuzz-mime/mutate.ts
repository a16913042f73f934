import type { Random } from '../../support/seeded-random.ts'

/** Bytes that parsers stumble over. */
const nasty = [
  '\0',
  '\r',
  '\n\n',
  '\r\n--',
  '=?utf-8?b?',
  '?=',
  '=00',
  '&#0;',
  '&#xD800;',
  '<!--',
  '</style',
  '\\u0000',
  '\xed\xa0\x80',
  '\xf3\xa0\x81\x81',
  '\xe2\x80\xae',
  'Content-Type: multipart/mixed; boundary="',
  'Content-Type: message/rfc822\r\n\r\n',
  'Content-Transfer-Encoding: base64\r\n\r\n',
  'charset=utf-16',
  'charset=iso-2022-jp',
  '\x1b$B',
  '> ',
  '"',
  '(',
]

/** One to six changes: flipped bytes, pieces of another mail, nasty pieces, pieces left out or doubled, an early end. */
export function mutate(mail: Buffer, other: Buffer, random: Random): Buffer {
  let changed: Buffer = Buffer.from(mail)
  for (let count = 1 + random.below(6); count > 0; count--) changed = changeOnce(changed, other, random)
  return changed
}

function changeOnce(mail: Buffer, other: Buffer, random: Random): Buffer {
  const at = random.below(mail.length + 1)
  const length = random.below(Math.max(1, Math.min(400, mail.length - at)))
  switch (random.weighted({ flip: 5, insert: 4, splice: 3, drop: 2, double: 1, end: 1 })) {
    case 'flip':
      return flip(mail, random)
    case 'insert':
      return spliced(mail, at, at, Buffer.from(random.pick(nasty) ?? '', 'latin1'))
    case 'splice':
      return spliced(mail, at, at + length, pieceOf(other, random))
    case 'drop':
      return spliced(mail, at, at + length, Buffer.alloc(0))
    case 'double':
      return spliced(mail, at, at, mail.subarray(at, at + length))
    case 'end':
      return mail.subarray(0, at)
  }
}

function flip(mail: Buffer, random: Random): Buffer {
  for (let count = 1 + random.below(8); count > 0 && mail.length > 0; count--)
    mail[random.below(mail.length)] = random.below(256)
  return mail
}

function pieceOf(mail: Buffer, random: Random): Buffer {
  const at = random.below(mail.length + 1)
  return mail.subarray(at, at + random.below(400))
}

function spliced(mail: Buffer, start: number, end: number, piece: Buffer): Buffer {
  return Buffer.concat([mail.subarray(0, start), piece, mail.subarray(end)])
}
