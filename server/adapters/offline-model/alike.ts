import { fold } from '../../mail/phrases.ts'
import type { SortedMail } from '../../model-question.ts'

/** Of the words of two mails so many must be in both. */
const leastLikeness = 0.5
/** Two mails of a word or two are alike by chance. */
const leastWords = 4
const longestText = 500

/** The mail sorted by its owner that is most like this one, if it is like it at all. */
export function mostAlike(
  mail: { readonly subject: string; readonly text: string },
  examples: readonly SortedMail[],
): SortedMail | null {
  const words = wordsOf(mail)
  if (words.size < leastWords) return null
  const [best] = examples
    .map((example) => ({ example, likeness: likenessOf(words, wordsOf(example)) }))
    .toSorted((a, b) => b.likeness - a.likeness)
  return best && best.likeness >= leastLikeness ? best.example : null
}

function wordsOf({ subject, text }: { readonly subject: string; readonly text: string }): Set<string> {
  return new Set(
    fold(`${subject.slice(0, longestText)} ${text.slice(0, longestText)}`)
      .trim()
      .split(' '),
  )
}

function likenessOf(some: ReadonlySet<string>, others: ReadonlySet<string>): number {
  return some.intersection(others).size / some.union(others).size
}
