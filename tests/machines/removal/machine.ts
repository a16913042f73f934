import { z } from 'zod'
import { createOfflineModel } from '../../../server/adapters/offline-model/model.ts'
import { provenanceOf } from '../../../server/agent/provenance.ts'
import type { LanguageModel } from '../../../server/ports.ts'
import { Random } from '../../support/seeded-random.ts'
import { type Grounded, newFacts, without } from './facts.ts'

const Answer = z.object({
  body: z.string(),
  openQuestions: z.array(z.string()),
  citations: z.array(z.object({ quote: z.string(), sources: z.array(z.string()) })),
})

interface Written {
  readonly openQuestions: readonly string[]
  /** Each sentence with the ids of what it stands on. */
  readonly sentences: readonly { readonly text: string; readonly ids: readonly string[] }[]
}

/**
 * Takes away one source after another that a reply names, and has it written again without: each sentence that stood on it
 * must be gone, or stand on another one, and what nothing answers any more must be asked of the owner.
 */
export async function removeSources({
  removals,
  seed,
  model = createOfflineModel().model,
}: {
  removals: number
  seed: number
  model?: LanguageModel
}) {
  const random = new Random(seed)
  const problems: string[] = []
  const figures = { removals: 0, replies: 0, vanished: 0, restated: 0, asked: 0, orphans: 0, silent: 0, seed }
  while (figures.removals < removals) {
    const grounded = newFacts(random)
    const before = await write(model, grounded)
    figures.replies += 1
    const named = [...new Set(before.sentences.flatMap(({ ids }) => ids))]
    for (const id of named.slice(0, removals - figures.removals)) {
      figures.removals += 1
      const after = await write(model, without(grounded, id))
      const found = compare(before, after, id)
      figures.vanished += found.vanished
      figures.restated += found.restated
      figures.orphans += found.orphans.length
      if (after.openQuestions.length > before.openQuestions.length) figures.asked += 1
      if (found.isSilent) figures.silent += 1
      const said = JSON.stringify(grounded.facts)
      problems.push(...found.orphans.map((text) => `“${text}” still stands without ${id}: ${said}`))
      if (found.isSilent) problems.push(`nothing is asked where ${id} answered: ${said}`)
    }
  }
  return { figures, problems }
}

async function write(model: LanguageModel, { facts, context }: Grounded): Promise<Written> {
  const request = { system: '', prompt: '', facts, schema: {}, maxOutputTokens: 2_000 }
  const { json } = await model.answer(request, AbortSignal.timeout(60_000))
  const { body, openQuestions, citations } = Answer.parse(json)
  const { sources, sentences } = provenanceOf(body, { citations, context, texts: [] })
  const ids = sources.map((source) => context.find((item) => item.source === source)?.id ?? 'none')
  return {
    openQuestions,
    sentences: sentences.map(({ text, sources: from }) => ({ text, ids: from.map((place) => ids[place] ?? 'none') })),
  }
}

function compare(before: Written, after: Written, id: string) {
  const stood = before.sentences.filter(({ ids }) => ids.includes(id))
  const still = stood.map(({ text }) => after.sentences.find((sentence) => sentence.text === text))
  const orphans = still.flatMap((sentence) => (sentence && sentence.ids.length === 0 ? [sentence.text] : []))
  const isRestated = after.sentences.some(
    ({ text, ids }) => ids.length > 0 && !before.sentences.some((sentence) => sentence.text === text),
  )
  const hasVanished = still.some((sentence) => sentence === undefined)
  const restated = still.filter((sentence) => sentence && sentence.ids.length > 0).length
  const isAsked = after.openQuestions.length > 0
  return {
    orphans,
    vanished: still.filter((sentence) => sentence === undefined).length,
    restated,
    isSilent: hasVanished && !isAsked && !isRestated && restated === 0,
  }
}
