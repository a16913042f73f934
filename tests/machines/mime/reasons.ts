const spacedDomain = 'an obsolete address with blanks or comments inside is nobody rather than perhaps somebody else'
const blankBoundary = 'a boundary must not end in a blank (RFC 2046, 5.1.1): both lines delimit, as in mailparser'
const signOff = 'crisp, the library in use, leaves "-Name" with the text, and its own test of the same mail says so'

/** Where another parser's expectation is not met, and why ours is kept. */
export const reasons: Readonly<Record<string, string>> = {
  'mime/stalwart-mail-parser/headers/address.json#9': spacedDomain,
  'mime/stalwart-mail-parser/headers/address.json#13': spacedDomain,
  'mime/stalwart-mail-parser/headers/address.json#14': spacedDomain,
  'mime/stalwart-mail-parser/headers/id.json#6': 'an id with blanks and comments inside is no id',
  'mime/stalwart-mail-parser/headers/id.json#10': 'a single word, neither in brackets nor with an @, is no id',
  'mime/mime4j-testmsgs/ending-boundaries_decoded.xml':
    'a delimiter line with words behind the boundary delimits nothing, as in mailparser; the mail is partial',
  'mime/mime4j-testmsgs/malformedHeaderStartsBody-nocrlfcrlf_decoded.xml':
    'a broken line among headers is left out and the headers below it are read; the empty line begins the text',
  'mime/mime4j-testmsgs/weird-boundary_decoded.xml': blankBoundary,
  'mime/mime4j-testmsgs/very-long-boundary_decoded.xml': blankBoundary,
  'mime/mime4j-testmsgs/very-very-long-boundary_decoded.xml': blankBoundary,
  'outside/auto-hdr-suppress':
    'X-Auto-Response-Suppress says nothing about who wrote a mail: it is shown to the owner, and never answered automatically',
  'outside/thread-second-question':
    'the first question waits with the second (ANSWERED_WITH), whose draft answers both: no question is put aside',
  'outside/thread-solved': 'who takes a question back is shown with it: the owner decides, and either is right',
  'quotes/crisp/email_7.txt': 'a quoted line lost its mark behind a full stop: it cannot be told from an answer',
  'quotes/github/email_1_1.txt': signOff,
  'quotes/github/email_1_3.txt': signOff,
  'quotes/talon/reply-separated-by-hr.html':
    'talon drops the whole element that holds the rule, with a line of the reply above it',
  'quotes/talon/signature/emails/stripped/short_url_body':
    '"Thank you, Noam" is a closing: how a person ends a letter stays with it',
}
