import { fold } from '../../mail/phrases.ts'
import type { Embedder } from '../../ports.ts'
import { emptyWords } from './language.ts'

const dimensions = 768
const maxText = 20_000

/** Vectors from the spelling of words: texts that share words, or parts of them, lie close. Meaning is beyond them. */
export const embedder: Embedder = {
  modelId: 'offline-ngrams-1',
  price: { input: 0, output: 0 },
  embed: (texts) => Promise.resolve(texts.map(embedText)),
}

function embedText(text: string): number[] {
  const counts = new Map<string, number>()
  const words = fold(text.slice(0, maxText)).trim().split(' ')
  for (const word of words) {
    if (word === '' || emptyWords.has(word)) continue
    add(counts, word, 2)
    const bounded = `^${word.slice(0, 40)}$`
    for (let size = 3; size <= 5; size += 1) {
      for (let start = 0; start + size <= bounded.length; start += 1)
        add(counts, bounded.slice(start, start + size), 0.5)
    }
  }
  const vector = Array.from({ length: dimensions }, () => 0)
  for (const [feature, count] of counts) {
    const hash = fnv1a(feature)
    const index = (hash >>> 1) % dimensions
    // The sign lets features that fall together cancel out instead of adding up.
    vector[index] = (vector[index] ?? 0) + Math.log1p(count) * (hash & 1 ? 1 : -1)
  }
  const norm = Math.hypot(...vector)
  return norm > 0 ? vector.map((value) => value / norm) : vector.with(0, 1)
}

function add(counts: Map<string, number>, feature: string, weight: number): void {
  counts.set(feature, (counts.get(feature) ?? 0) + weight)
}

/** 32 bits of FNV-1a, mixed once more since its low bits are weak. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash ^= hash >>> 16
  return Math.imul(hash, 0x45d9f3b) >>> 0
}
