import type { Place } from './trial.ts'

/** Does each thing at one of the places, one after the other at each; answers in the order of the things. */
export async function spread<T, R>(
  places: readonly Place[],
  things: readonly T[],
  effect: (place: Place, thing: T) => Promise<R>,
): Promise<R[]> {
  const waiting = things.entries()
  const results: R[] = []
  const work = async (place: Place) => {
    for (const [index, thing] of waiting) results[index] = await effect(place, thing)
  }
  await Promise.all(places.map(work))
  return results
}
