import { fold } from '../../mail/phrases.ts'
import type { ContextFacts } from '../../model-question.ts'
import { readsLikeOrders } from '../../mail/program-orders.ts'
import { emptyWords } from './language.ts'
import { boundedText, sentencesOf, shorten, withoutAddresses } from './text.ts'

/** A sentence a reply may repeat, and where it stands. */
export interface Passage {
  readonly sourceId: string
  readonly text: string
  /** ISO date of the owner's own mail; null for a note. */
  readonly writtenOn: string | null
}

interface Indexed extends Passage {
  readonly stems: ReadonlySet<string>
}

export interface Grounding {
  /** At most two sentences that share rare words with the text, the best first. */
  find(text: string): Passage[]
}

/** What is looked up is kept short; this bounds the time that anything else would take. */
const maxItems = 200

/**
 * What the owner wrote to this correspondent, and the notes they may read. What others wrote is no ground for an
 * answer: whoever can send mail could put words into the owner's mouth.
 */
export function groundingOf(context: readonly ContextFacts[]): Grounding {
  const passages = context.slice(0, maxItems).flatMap(passagesOf)
  const frequency = new Map<string, number>()
  for (const { stems } of passages) for (const stem of stems) frequency.set(stem, (frequency.get(stem) ?? 0) + 1)
  const rarity = (stem: string) => Math.log(1 + passages.length / (frequency.get(stem) ?? 1))
  const isRare = (stem: string) => (frequency.get(stem) ?? 0) <= Math.max(2, passages.length * 0.1)

  function best(
    wanted: ReadonlySet<string>,
    candidatesFrom: readonly Indexed[],
    minLength: number,
  ): Indexed | undefined {
    const candidates = candidatesFrom.flatMap((passage) => {
      const shared = [...wanted].filter((stem) => passage.stems.has(stem))
      const isEnough = shared.length >= 2 || shared.some((stem) => stem.length >= minLength && isRare(stem))
      return isEnough ? [{ passage, score: shared.reduce((sum, stem) => sum + rarity(stem), 0) }] : []
    })
    return candidates.toSorted((a, b) => b.score - a.score)[0]?.passage
  }

  return {
    find(text) {
      const wanted = stemsOf(text)
      const first = best(wanted, passages, 5)
      if (!first) return []
      // The rest of the question, in the same mail: there a shorter word may tell.
      const others = passages.filter((passage) => passage !== first && passage.sourceId === first.sourceId)
      const second = best(wanted.difference(first.stems), others, 4)
      return second ? [first, second] : [first]
    },
  }
}

function passagesOf({ id, kind, label, text, audience }: ContextFacts): Indexed[] {
  if (audience === 'owner') return []
  // The pipeline's label of a mail: its subject, and in brackets who wrote it and when.
  const writtenOn = /\(you, (\d{4}-\d{2}-\d{2})\)$/.exec(label.slice(-40))?.[1] ?? null
  const isOwnMail = (kind === 'email' || kind === 'thread') && writtenOn !== null
  if (!isOwnMail && kind !== 'note') return []
  return sentencesOf(boundedText(text.slice(0, 4_000)))
    .slice(0, 60)
    .filter((sentence) => !/(?:[?:]|\[…\])$/.test(sentence) && !readsLikeOrders(sentence))
    .map((sentence) => shorten(withoutAddresses(sentence).replace(/^([-*•]|\d{1,2}[.)]) /, ''), 300))
    .map((sentence) => ({ sourceId: id, text: sentence, writtenOn, stems: stemsOf(sentence) }))
    .filter(({ stems }) => stems.size >= 2)
}

/** Frequent words beyond those that tell a language; what they share says nothing of the matter. */
const fillers = new Set(
  fold(`
    about after again already also and any are back been before best both but can did does for from get give had have
    hear here how into its just know let like long looking make many may more most much need not now once one only other our over
    please really same see send should since some soon still such take than thank thanks that the their them then there
    they this tell time us very want was well were what when where which who will with would yes you your
    aber alle als also am an auch aus bei beim bis da dann darf dass den des doch drei durch etwa etwas gern gibt habe haben hat ihm im
    immer in ins ja kann kein keine konnen konnte konnten mal man mehr mein meine mich mir mochte mochten nach noch nur ob oder sehr
    sein seine sich sind so uns unser unsere unter vor wann war was weiter wenn werden wie wir wird wo wurde wurden zu zwei
    ai aussi aux avec avez avoir bien ca ces comme comment dans deux encore est et etre fait ici il ils mais me meme merci moi
    mon ne nos ou par peut plus pouvez pourriez quand quel quelle qui rappeler sa sans se ses si son sont sur tous tout tres un vos
    algo asi bien cada como con cual cuando cuanto donde dos entre era ese eso esta estas este esto fue ha han hasta hay
    he mas me mis mucho ni no nos otra otro pero poder podria puede que quien se sea ser si sin sobre son su sus tambien
    tan te tiene todo tu una unos ya
  `)
    .trim()
    .split(' '),
)

/** Words by their beginnings, so that `Tagessatz` and `Tagessatzes` are one. */
function stemsOf(text: string): Set<string> {
  const words = fold(text).trim().split(' ')
  return new Set(
    words
      .filter((word) => word.length >= 3 && !emptyWords.has(word) && !fillers.has(word))
      .map((word) => word.slice(0, 6).replace(/(?<=.{3})s$/, '')),
  )
}
