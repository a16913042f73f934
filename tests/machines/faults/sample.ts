import { Random } from '../../support/seeded-random.ts'

/** `perFault` cells of every fault, spread evenly over the calls it may strike; the same ones for the same seed. */
export function sampleCells<T>(
  cells: readonly T[],
  {
    faultOf,
    callOf,
    perFault,
    seed,
  }: { faultOf(cell: T): string; callOf(cell: T): string; perFault: number; seed: number },
): T[] {
  const random = new Random(seed)
  const drawn = new Map<string, number>()
  const timesDrawn = (cell: T) => drawn.get(callOf(cell)) ?? 0
  return [...Map.groupBy(cells, faultOf).values()].flatMap((ofFault) => {
    const chosen = ofFault
      .map((cell) => ({ cell, place: timesDrawn(cell) + random.next() }))
      .sort((a, b) => a.place - b.place)
      .slice(0, perFault)
      .map(({ cell }) => cell)
    for (const cell of chosen) drawn.set(callOf(cell), timesDrawn(cell) + 1)
    return chosen
  })
}
