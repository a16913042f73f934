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

/** The plays of the file itself come first; after them all others, which may use it. */
async function firstDifference(
  crowd: Crowd,
  judged: readonly Judged[],
  filter: OwnerFilter | null,
  plays: ReadonlyMap<string, Play>,
): Promise<string | null> {
  const isOfFile = ({ play }: Judged) => filter?.file === `server/db/${play.file}.ts`
  for (const one of [...judged.filter(isOfFile), ...judged.filter((each) => !isOfFile(each))]) {
    const key = keyOf(one.play)
    const play = plays.get(key)
    if (!play) throw new Error(`there is no ${key}`)
    if (!isSame(await watch(crowd, play, one.caller, one.reach), one.seen)) return key
  }
  return null
}

const copies = new Map<string, OwnerFilter | null>()

/** The same plays, over modules of their own in one of which the filter is missing. */
async function playsOfCopy(filter: OwnerFilter | null, name: string, { known }: Crowd): Promise<Map<string, Play>> {
  if (copies.size === 0) registerHooks({ resolve: inTheSameCopy, load: withoutFilter })
  const copy = `?copy=${name}`
  copies.set(copy, filter)
  const { allPlays } = (await import(`./owners/plays.ts${copy}`)) as typeof Plays
  return new Map(allPlays(known).map((play) => [keyOf(play), play]))
}

const inTheSameCopy: Hooks['resolve'] = (specifier, context, nextResolve) => {
  const resolved = nextResolve(specifier, context)
  const copy = copyOf(context.parentURL)
  const isCopied = /\/server\/db\/|\/tenants\/owners\//.test(resolved.url) && !copyOf(resolved.url)
  return copy && isCopied ? { ...resolved, url: resolved.url + copy } : resolved
}

const withoutFilter: Hooks['load'] = (url, context, nextLoad) => {
  const loaded = nextLoad(url, context)
  const filter = copies.get(copyOf(url) ?? '')
  if (!filter || !url.startsWith(pathToFileURL(join(root, filter.file)).href)) return loaded
  const source = Buffer.from(loaded.source as Uint8Array).toString()
  const { at, text, instead } = filter
  if (!source.startsWith(text, at)) throw new Error(`${filter.name} has moved`)
  return { ...loaded, source: source.slice(0, at) + instead + source.slice(at + text.length) }
}

function copyOf(url: string | undefined): string | undefined {
  return /\?copy=[\w-]+$/.exec(url ?? '')?.[0]
}
