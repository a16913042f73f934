import { corpusFile } from '../../support/corpus.ts'

/** What a library's own tests claim of a file; `fields` in expected.json explains the keys. */
export interface QuoteClaims {
  readonly visibleText?: string
  readonly visibleTextTrimmed?: string
  readonly firstFragment?: string
  readonly firstFragmentTrimmed?: string
  readonly fragmentCount?: number
  readonly fragmentCountAtLeast?: number
  readonly fragmentMatches?: readonly { fragment: number; pattern: string; flags?: string }[]
  readonly fragmentText?: Readonly<Record<string, string>>
  readonly quotedMatches?: readonly string[]
  readonly quoted?: Readonly<Record<string, boolean>>
  readonly signature?: Readonly<Record<string, boolean>> | string
  readonly hidden?: Readonly<Record<string, boolean>>
  readonly someSignature?: boolean
  readonly maxSeconds?: number
  readonly replyText?: string
  readonly replyTextIgnoringWhiteSpace?: string
  readonly replyHtmlIgnoringWhiteSpace?: string
  readonly replyMustNotContain?: string
  readonly sender?: string
}

export interface QuoteCase {
  readonly name: string
  /** The file as a mail. */
  readonly raw: Buffer
  /** The text of the file, where it is plain text. */
  readonly text: string
  readonly claims: QuoteClaims
}

/** Every file of `quotes` with an expected result, as the mail it would have been. */
export function quoteCases(): QuoteCase[] {
  return ['crisp', 'github', 'talon'].flatMap((folder) => {
    const expected = JSON.parse(corpusFile(`quotes/${folder}/expected.json`).toString()) as {
      files: Record<string, QuoteClaims>
    }
    return Object.entries(expected.files).map(([file, claims]) => caseOf(`quotes/${folder}/${file}`, claims))
  })
}

function caseOf(name: string, claims: QuoteClaims): QuoteCase {
  const bytes = corpusFile(name)
  if (name.endsWith('.eml')) return { name, raw: bytes, text: '', claims }
  const type = name.endsWith('.html') ? 'text/html' : 'text/plain'
  const { sender = '' } = claims
  const from = sender.includes('@') ? sender : `"${sender}" <ann@example.com>`
  const head = `From: ${from}\r\nTo: owner@example.com\r\nSubject: Re: A question\r\nContent-Type: ${type}; charset=utf-8\r\n\r\n`
  return { name, raw: Buffer.concat([Buffer.from(head), bytes]), text: bytes.toString(), claims }
}
