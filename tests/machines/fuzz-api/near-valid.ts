import { procedureInputs } from '../../support/procedure-inputs.ts'
import type { Random } from '../../support/seeded-random.ts'
import type { Knowledge } from './knowledge.ts'
import { mutate, withText } from './mutate.ts'
import { inputSchemas } from './schema.ts'
import { batchOf, callOf, fromAnywhere, type Shot, types } from './shot.ts'
import { validValue } from './values.ts'

const names = [...inputSchemas.keys()]
/** They hash a password, or end what the others need. */
const costly =
  /^auth\.(?:login|register|changePassword|deleteAccount|resetPassword|logoutEverywhere)$|^mailboxes\.disconnect$/
const costlyShare = 0.1

/** What ends the session that asks for it. */
const ending = ['auth.logout', 'auth.logoutEverywhere', 'auth.changePassword']

/** Whose word it goes out under. */
export function bearer(random: Random, known: Knowledge): Record<string, string> {
  const token = random.weighted({ session: 88, draft: 4, read: 4, none: 2, broken: 2 })
  if (token === 'none') return {}
  return { authorization: `Bearer ${token === 'broken' ? `${known.session}x` : known[token]}` }
}

function headersOf(random: Random, known: Knowledge, name = '') {
  if (ending.includes(name)) return { ...fromAnywhere(random), authorization: `Bearer ${known.doomed}` }
  const asLines = random.chance(0.02) ? { 'trpc-accept': 'application/jsonl' } : {}
  return { ...fromAnywhere(random), ...bearer(random, known), ...asLines }
}

/** Right as far as anybody can tell. */
export function rightInput(name: string, random: Random, known: Knowledge): unknown {
  const ids = known.ids(name, random)
  const usual = procedureInputs[name]?.(ids)
  if (random.chance(0.5)) return usual
  const schema = inputSchemas.get(name) ?? {}
  const value = validValue(schema, random, ids)
  return schema.type === 'object' ? { ...(value as object), ...usual } : value
}

function anyName(random: Random): string {
  for (;;) {
    const name = random.pick(names) ?? ''
    if (!costly.test(name) || random.chance(costlyShare)) return name
  }
}

/** An input that is right but for a place or two; every tenth is right. */
export function nearValid(random: Random, known: Knowledge): Shot {
  const name = anyName(random)
  const right = rightInput(name, random, known)
  const input = random.chance(0.1) ? right : mutate(inputSchemas.get(name) ?? {}, right, random, known)
  return callOf(name, input, headersOf(random, known, name))
}

/** Up to ten of them at once. */
export function nearValidBatch(random: Random, known: Knowledge): Shot {
  const type = random.chance(0.7) ? 'query' : 'mutation'
  const calls = Array.from({ length: 1 + random.below(10) }, () => anyName(random))
    .filter((name) => types.get(name) === type && !name.startsWith('auth.'))
    .map((name) => ({
      name,
      input: mutate(inputSchemas.get(name) ?? {}, rightInput(name, random, known), random, known),
    }))
  const kept = calls.length > 0 ? calls : [{ name: 'audit.list', input: {} }]
  return batchOf(kept, headersOf(random, known))
}

/** More than fit into a request have no answer of ours. */
const mostBytes = 6_000

/**
 * Every text of the corpus in every string of every procedure: alone where any text will do, so that it goes on to where
 * it is used, and several calls at once where it will not get past the form.
 */
export function* naughtyShots(random: Random, knowledge: () => Knowledge): Generator<{ shot: Shot; places: number }> {
  const texts = knowledge().naughty.toSorted(() => random.next() - 0.5)
  for (const [index, text] of texts.entries()) {
    const fill = (name: string, isFree: boolean) => {
      const known = knowledge()
      return withText(inputSchemas.get(name) ?? {}, rightInput(name, random, known), text, isFree)
    }
    const headers = (name = '') => {
      const { doomed, session } = knowledge()
      return { ...fromAnywhere(random), authorization: `Bearer ${ending.includes(name) ? doomed : session}` }
    }
    for (const name of names) {
      if (costly.test(name) && index % 20 > 0) continue
      const { input, places } = fill(name, true)
      if (places > 0) yield { shot: callOf(name, input, headers(name)), places }
    }
    for (const group of groups()) {
      const filled = group.map((name) => ({ name, ...fill(name, false) })).filter(({ places }) => places > 0)
      const places = filled.reduce((sum, one) => sum + one.places, 0)
      const size = encodeURIComponent(JSON.stringify(filled.map(({ input }) => input))).length
      const [one] = filled
      if (filled.length > 1 && size <= mostBytes) yield { shot: batchOf(filled, headers()), places }
      else if (one && filled.length === 1) yield { shot: callOf(one.name, one.input, headers(one.name)), places }
      else
        for (const each of filled)
          yield { shot: callOf(each.name, each.input, headers(each.name)), places: each.places }
    }
  }
}

/** Up to eight of one kind; what is about signing in stands alone. */
function groups(): string[][] {
  const together = ['query', 'mutation'].map((type) =>
    names.filter((name) => types.get(name) === type && (type === 'query' || !name.startsWith('auth.'))),
  )
  const alone = names.filter((name) => !together.flat().includes(name))
  const cut = (list: string[]) =>
    Array.from({ length: Math.ceil(list.length / 8) }, (_, index) => list.slice(8 * index, 8 * index + 8))
  return [...together.flatMap(cut), ...alone.map((name) => [name])]
}
