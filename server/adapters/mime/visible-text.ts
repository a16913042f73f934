import type { MailFlag } from '../../../shared-types/index.ts'
import { stripInvisible } from '../../mail/invisible-characters.ts'
import { htmlToLines } from './html/lines.ts'
import { withPlainLineEnds } from './text.ts'

/** The two forms of a mail's text; `html` is sanitised, so that nothing hidden is left in it. */
export interface Forms {
  readonly plain: string
  readonly html: string | null
  /** Each HTML part has a plain form beside it (`multipart/alternative`). */
  readonly isAlternative: boolean
}

/** Fewer of its words in the other form, and the two are different mails. */
const wideDifference = 0.5

/**
 * What a person sees: the HTML where there is some, in its plain form when that says the same, for it keeps its lines
 * and quotes as they were written. Parts that follow each other are joined. This alone decides what "the text" is.
 */
export function visibleText({ plain, html, isAlternative }: Forms): { text: string; flags: Set<MailFlag> } {
  const { text: plainText, traces } = stripInvisible(withPlainLineEnds(plain))
  const flags = new Set<MailFlag>(traces)
  if (html === null) return { text: plainText, flags }
  const fromHtml = htmlToLines(html)
  if (plainText.trim() === '') return { text: fromHtml, flags }
  if (!isAlternative) {
    // mailparser leaves an empty line where such a part was.
    return { text: plainText.startsWith('\n') ? `${fromHtml}\n${plainText}` : `${plainText}\n${fromHtml}`, flags }
  }
  const plainWords = wordsOf(plainText)
  const htmlWords = wordsOf(fromHtml)
  const shareShown = shareOf(plainWords, htmlWords)
  if (shareShown < wideDifference) flags.add('alternatives-differ')
  const isSame = shareShown >= 0.95 && shareOf(htmlWords, plainWords) >= 0.8
  return { text: isSame ? plainText : fromHtml, flags }
}

/** Addresses of links and pictures stand in the plain form only. */
function wordsOf(text: string): string[] {
  const prose = text.replace(/\bhttps?:\/\/\S+|<[^\s<>]+>|\[(?:image|cid):[^[\]]*\]/gi, ' ').toLowerCase()
  return prose.match(/[\p{L}\p{N}]+/gu) ?? []
}

/** The share of the words that stand among the others too. */
function shareOf(words: readonly string[], others: readonly string[]): number {
  if (words.length === 0) return 1
  const known = new Set(others)
  return words.filter((word) => known.has(word)).length / words.length
}
