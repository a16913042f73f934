import { fold } from '../mail/phrases.ts'

/** Words of five letters or more that questions are made of in the four languages, and that say nothing of their matter. */
const fillers = new Set(
  fold(`
    about again could would should there their these those where which while please still maybe really thing things think
    aber bitte danke diese dieser dieses einen einem einer etwas haben hatte hatten ihnen konnen konnte konnten konntest
    konnten mochte mussen schon sollte sollten unser unsere welche welchen welcher welches werden wurde wurden wurdest
    aussi avoir autre cette comment quand quelle quelles etait etre pourriez pouvez votre notre merci serait
    algun alguna cuando cuanto donde estar gracias puede puedes podria podrias quien tambien tiene tienes usted
  `)
    .trim()
    .split(' '),
)

/** Of fewer words of its own an ask is too easily answered in others. */
const leastStems = 2

/**
 * Which of several asks neither the reply nor a question to the owner says a word of. One ask alone may be answered with a
 * word, such as “gladly”; of several that leaves open which.
 */
export function unansweredAsks(asks: readonly string[], said: readonly string[]): string[] {
  if (asks.length < 2) return []
  const known = stemsOf(said.join('\n'))
  return asks.filter((ask) => {
    const stems = stemsOf(ask)
    return stems.size >= leastStems && stems.isDisjointFrom(known)
  })
}

/** Words by their beginnings, and numbers: `Zeichnung` and `Zeichnungen` are one. */
function stemsOf(text: string): Set<string> {
  const words = fold(text).trim().split(' ')
  return new Set(
    words.filter((word) => (word.length >= 5 && !fillers.has(word)) || /\d/.test(word)).map((word) => word.slice(0, 6)),
  )
}
