import type { Demand, Wanted } from './outside-cases.ts'

/** What of the demands does not hold, each as `path: expected / got`. */
export function brokenDemands(right: Readonly<Record<string, Wanted>>, seen: unknown): string[] {
  return Object.entries(right).flatMap(([path, wanted]) => {
    const got = at(seen, path.split('.'))
    return holds(wanted, got) ? [] : [`${path}: ${JSON.stringify(wanted)} / ${JSON.stringify(got)?.slice(0, 600)}`]
  })
}

function at(seen: unknown, path: readonly string[]): unknown {
  const [first, ...rest] = path
  if (first === undefined) return seen
  return typeof seen === 'object' && seen !== null ? at(Reflect.get(seen, first), rest) : undefined
}

function holds(wanted: Wanted, got: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return (got ?? null) === wanted
  return Object.entries(wanted).every(([kind, value]) => holdsOne(kind as keyof Demand, value, got))
}

function holdsOne(kind: keyof Demand, value: unknown, got: unknown): boolean {
  const includes = (piece: unknown) =>
    Array.isArray(got) ? got.includes(piece) : typeof got === 'string' && got.includes(String(piece))
  const isThere = got !== undefined && got !== null
  if (kind === 'contains') return [value].flat().every(includes)
  if (kind === 'lacks') return ![value].flat().some(includes)
  if (kind === 'oneOf') return Array.isArray(value) && value.includes(got ?? null)
  if (kind === 'not') return got !== value
  return isThere === ((kind === 'present') === value)
}
