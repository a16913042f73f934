import { registerHooks, type RegisterHooksOptions as Hooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { StartError } from '../../../server/errors.ts'
import { Random } from '../../support/seeded-random.ts'
import type { Crowd } from './owners/crowd.ts'
import { type OwnerFilter, ownerFilters, root } from './owners/filters.ts'
import type { Judged } from './owners/judge.ts'
import type { Play } from './owners/play.ts'
import type * as Plays from './owners/plays.ts'
import { isSame, keyOf, watch } from './owners/watch.ts'

/**
 * Takes the owner out of one query after the other, and has its functions called again: something must come out
 * differently from what it was.
 */
export async function takeOutOwners(
  crowd: Crowd,
  judged: readonly Judged[],
  { mutants, seed, tell }: { mutants: number; seed: number; tell: (line: string) => void },
): Promise<{ figures: { mutants: number; killed: number }; problems: string[] }> {
  const asItIs = await firstDifference(crowd, judged, null, await playsOfCopy(null, 'as-it-is', crowd))
  if (asItIs) throw new StartError(`A copy of the program does not come to the same as it is: ${asItIs}.`)
  const random = new Random(seed)
  const filters = ownerFilters()
    .map((filter) => ({ ...filter, place: random.next() }))
    .toSorted((one, other) => one.place - other.place)
    .slice(0, mutants)
  const problems: string[] = []
  for (const [number, filter] of filters.entries()) {
    const noticed = await firstDifference(crowd, judged, filter, await playsOfCopy(filter, String(number), crowd))
    if (!noticed) problems.push(`without its owner it is not noticed: ${filter.name}`)
    tell(`${noticed ? `noticed by ${noticed}` : 'not noticed'}: ${filter.name}`)
  }
  return { figures: { mutants: filters.length, killed: filters.length - problems.length }, problems }
}

/** The plays of the function itself come first, then those of its file; after them all others, which may use it. */
async function firstDifference(
  crowd: Crowd,
  judged: readonly Judged[],
  filter: OwnerFilter | null,
  plays: ReadonlyMap<string, Play>,
): Promise<string | null> {
  const distance = ({ play }: Judged) => {
    if (filter?.file !== `server/db/${play.file}.ts`) return 2
    return filter.of === play.name ? 0 : 1
  }
  for (const one of judged.toSorted((a, b) => distance(a) - distance(b))) {
    const key = keyOf(one.play)
    const play = plays.get(key)
    if (!play) throw new Error(`there is no ${key}`)
    if (!isSame(await watch(crowd, play, one.caller, one.reach), one.seen)) return key
  }
  return null
}

interface Copy {
  readonly filter: OwnerFilter | null
  /** What is to be had anew: the file with the filter, and whatever leads to it. Null is everything. */
  readonly urls: ReadonlySet<string> | null
}

const copies = new Map<string, Copy>()
/** By whom each of the modules is imported, as the first copy, which is one of everything, came across them. */
const importers = new Map<string, Set<string>>()

/** The same plays, over modules of their own in one of which the filter is missing; what it cannot reach is shared. */
async function playsOfCopy(filter: OwnerFilter | null, name: string, { known }: Crowd): Promise<Map<string, Play>> {
  if (copies.size === 0) registerHooks({ resolve: inTheSameCopy, load: withoutFilter })
  const copy = `?copy=${name}`
  copies.set(copy, { filter, urls: filter && whatLeadsTo(pathToFileURL(join(root, filter.file)).href) })
  const { allPlays } = (await import(`./owners/plays.ts${copy}`)) as typeof Plays
  return new Map(allPlays(known).map((play) => [keyOf(play), play]))
}

function whatLeadsTo(url: string): Set<string> {
  const found = new Set([url])
  // A set goes on to what is added meanwhile.
  for (const one of found) for (const importer of importers.get(one) ?? []) found.add(importer)
  return found
}

const inTheSameCopy: Hooks['resolve'] = (specifier, context, nextResolve) => {
  const resolved = nextResolve(specifier, context)
  const { parentURL = '' } = context
  const copy = copyOf(parentURL)
  if (!copy || !/\/server\/db\/|\/tenants\/owners\//.test(resolved.url)) return resolved
  const of = importers.get(resolved.url) ?? new Set()
  importers.set(resolved.url, of.add(parentURL.slice(0, -copy.length)))
  const isCopied = copies.get(copy)?.urls?.has(resolved.url) ?? true
  return isCopied ? { ...resolved, url: resolved.url + copy } : resolved
}

const withoutFilter: Hooks['load'] = (url, context, nextLoad) => {
  const loaded = nextLoad(url, context)
  const filter = copies.get(copyOf(url) ?? '')?.filter
  if (!filter || !url.startsWith(pathToFileURL(join(root, filter.file)).href)) return loaded
  const source = Buffer.from(loaded.source as Uint8Array).toString()
  const { at, text, instead } = filter
  if (!source.startsWith(text, at)) throw new Error(`${filter.name} has moved`)
  return { ...loaded, source: source.slice(0, at) + instead + source.slice(at + text.length) }
}

function copyOf(url: string | undefined): string | undefined {
  return /\?copy=[\w-]+$/.exec(url ?? '')?.[0]
}
