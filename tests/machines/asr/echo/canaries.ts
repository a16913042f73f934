import type { Random } from '../../../support/seeded-random.ts'
import type { ClosedPlace } from '../world/closed.ts'
import type { OpenPlace } from '../world/open.ts'

/** What a canary looks like: a word that no text holds by chance. */
const form = /zq[b-df-hj-np-tv-z]{12}qz/g
const letters = 'bcdfghjklmnpqrstvwxz'

/** Words that each stand in one place and nowhere else, so that whoever reads one tells where it comes from. */
export class Canaries<Place extends string> {
  private readonly places = new Map<string, Place>()
  private readonly random: Random

  constructor(random: Random) {
    this.random = random
  }

  /** A new word for this place. */
  readonly say = (place: Place): string => {
    const word = `zq${Array.from({ length: 12 }, () => letters[this.random.below(letters.length)]).join('')}qz`
    if (this.places.has(word)) return this.say(place)
    this.places.set(word, place)
    return word
  }

  get size(): number {
    return this.places.size
  }

  /** Those of ours that stand in the text. */
  in(text: string): string[] {
    return [...new Set(text.toLowerCase().match(form))].filter((word) => this.places.has(word))
  }

  /** The words said for each place. */
  byPlace(): Map<Place, string[]> {
    const byPlace = new Map<Place, string[]>()
    for (const [word, place] of this.places) byPlace.set(place, [...(byPlace.get(place) ?? []), word])
    return byPlace
  }

  placeOf(word: string): Place | undefined {
    return this.places.get(word)
  }
}

export interface Words {
  readonly open: Canaries<OpenPlace>
  readonly closed: Canaries<ClosedPlace>
}
