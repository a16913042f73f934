/** What was hidden in a text by characters that nobody sees. */
export type InvisibleTrace = 'zero-width' | 'bidi' | 'tag-characters'

/** Default ignorable code points (Unicode DerivedCoreProperties) and interlinear annotation: drawn as nothing. */
const invisibleRuns = /[\p{DI}\uFFF9-\uFFFB]+/gu
// oxlint-disable-next-line no-control-regex -- removing them is the purpose
const controls = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g

const tagCharacter = /[\u{E0000}-\u{E007F}]/u
const bidiControl = /[\u202A-\u202E\u2066-\u2069]/
const emoji = /[\p{Extended_Pictographic}\p{Emoji_Modifier}]$/u
const emojiBase = /\p{Emoji}$/u
const emojiNext = /^\p{Extended_Pictographic}/u
/** Scripts in which a joiner or non-joiner changes what is drawn (Persian, Urdu, the scripts of India and Sri Lanka). */
const joiningLetter =
  /[\p{sc=Arab}\p{sc=Syrc}\p{sc=Deva}\p{sc=Beng}\p{sc=Guru}\p{sc=Gujr}\p{sc=Orya}\p{sc=Taml}\p{sc=Telu}\p{sc=Knda}\p{sc=Mlym}\p{sc=Sinh}\p{sc=Khmr}\p{sc=Mymr}\p{sc=Mong}]$/u
const variantBase = /[\p{sc=Han}\p{sc=Mymr}\p{Sm}]$/u
const rightToLeft = /[\p{sc=Arab}\p{sc=Hebr}\p{sc=Syrc}\p{sc=Thaa}]/u
/** England, Scotland, Wales: the only flags that are spelled in tags. */
const flagTags =
  /^\u{E0067}\u{E0062}(?:\u{E0065}\u{E006E}\u{E0067}|\u{E0073}\u{E0063}\u{E0074}|\u{E0077}\u{E006C}\u{E0073})\u{E007F}/u

/**
 * The text without characters that nobody sees, and what was hidden by them. What draws something stays: joiners inside
 * emoji and in scripts that need them, variation selectors behind their character, direction marks of right-to-left text.
 */
export function stripInvisible(text: string): { text: string; traces: Set<InvisibleTrace> } {
  const traces = new Set<InvisibleTrace>()
  const plain = text.replace(controls, '').toWellFormed()
  const isRightToLeft = rightToLeft.test(plain)
  let insideWords = 0
  const stripped = plain.replace(invisibleRuns, (run, offset: number) => {
    const before = plain.slice(Math.max(0, offset - 2), offset)
    const after = plain.slice(offset + run.length, offset + run.length + 2)
    const kept = drawnPart(run, before, after, isRightToLeft)
    const dropped = run.slice(kept.length).replaceAll('\u00AD', '')
    const hasTag = tagCharacter.test(dropped)
    const hasBidi = bidiControl.test(dropped)
    if (hasTag) traces.add('tag-characters')
    if (hasBidi) traces.add('bidi')
    if (!hasTag && !hasBidi && dropped.length > 1) traces.add('zero-width')
    if (dropped !== '' && /\p{L}$/u.test(before) && /^\p{L}/u.test(after)) insideWords += 1
    return kept
  })
  if (insideWords >= 3) traces.add('zero-width')
  return { text: stripped, traces }
}

/** The beginning of a run of ignorable characters that changes what is drawn there. */
function drawnPart(run: string, before: string, after: string, isRightToLeft: boolean): string {
  const [selector = ''] = /^[\uFE0E\uFE0F]/.exec(run) ?? []
  if (run[selector.length] === '\u200D' && run.length === selector.length + 1) {
    if ((emoji.test(before) || emojiBase.test(before)) && emojiNext.test(after)) return run
  }
  if (selector !== '' && emojiBase.test(before)) return selector
  if (/^[\u200C\u200D]/.test(run) && joiningLetter.test(before)) return run.charAt(0)
  if (/^[\u180B-\u180D\u180F]/.test(run) && /\p{sc=Mong}$/u.test(before)) return run.charAt(0)
  if (variantBase.test(before)) return /^(?:[\uFE00-\uFE02]|[\u{E0100}-\u{E01EF}])/u.exec(run)?.[0] ?? ''
  if (before === '\u{1F3F4}') return flagTags.exec(run)?.[0] ?? ''
  return isRightToLeft && /^[\u061C\u200E\u200F]/.test(run) ? run.charAt(0) : ''
}
