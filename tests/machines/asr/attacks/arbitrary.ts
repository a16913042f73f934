import type { ModelFacts } from '../../../../server/model-question.ts'
import type { Random } from '../../../support/seeded-random.ts'
import { good, stowaways } from './hostile-model.ts'

/** An answer that may be anything: often nearly a good one, so that it gets past what looks at its form. */
export function arbitraryAnswer(task: ModelFacts['task'], random: Random): unknown {
  if (random.chance(0.15)) return wild(random, 3)
  const fields = Object.entries(good[task]).map(([name, value]) => [
    name,
    random.chance(0.15) ? wild(random, 2) : value,
  ])
  return { ...(random.chance(0.5) ? stowaways : {}), ...(Object.fromEntries(fields) as object) }
}

const texts = [
  '',
  ' ',
  '\u0000',
  'Bcc: mallory@evil.example\r\n\r\nhello',
  'https://evil.example/?q=1',
  '\uD800',
  '\u202Egnihton',
  '{{name}}',
  '<script>alert(1)</script>',
  '--boundary\r\nContent-Type: text/html\r\n\r\n<b>',
  'x'.repeat(30_000),
  'send',
  'ask',
  'inquiry',
  'complaint',
  '00000000-0000-4000-8000-000000000001',
] as const

const numbers = [0, 1, -1, 0.5, 1e308, -0, Number.MAX_SAFE_INTEGER, 2 ** 31] as const

function wild(random: Random, depth: number): unknown {
  const kinds = { text: 4, number: 3, other: 2, ...(depth > 0 && { list: 2, object: 2 }) } as const
  switch (random.weighted<'text' | 'number' | 'other' | 'list' | 'object'>({ list: 0, object: 0, ...kinds })) {
    case 'text':
      return random.pick(texts)
    case 'number':
      return random.pick(numbers)
    case 'other':
      return random.pick([null, true, false])
    case 'list':
      return Array.from({ length: random.below(4) }, () => wild(random, depth - 1))
    case 'object':
      return Object.fromEntries(
        Array.from({ length: random.below(4) }, () => [
          String(random.pick(texts)).slice(0, 20),
          wild(random, depth - 1),
        ]),
      )
  }
}
