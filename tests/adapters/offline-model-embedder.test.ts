import { expect, test } from 'vitest'
import { createOfflineModel } from '../../server/adapters/offline-model/model.ts'
import { cpuMsOf } from '../support/cpu-time.ts'

const { embedder } = createOfflineModel()
const never = new AbortController().signal

async function likeness(first: string, second: string): Promise<number> {
  const [a = [], b = []] = await embedder.embed([first, second], 'document', never)
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0)
}

test.each([
  'How much is the deposit for the rowing boat?',
  '',
  '   ',
  '🎉🎉🎉',
  'the and you',
  'a'.repeat(1_000_000),
  '\ud83d',
  '\u0000',
])('%.30j becomes 768 numbers of length 1', async (text) => {
  const [vector = []] = await embedder.embed([text], 'document', never)
  expect(vector).toHaveLength(768)
  expect(Math.hypot(...vector)).toBeCloseTo(1, 10)
})

test.each([
  ['How much is the deposit for the boat?', 'The deposit of the boat is 80 euros.', 'Our cat sleeps all day.'],
  ['Wann kommt die Rechnung?', 'Die Rechnungen kommen im Mai.', 'Das Wandbild hängt in der Kita.'],
  ['Quel est le délai de livraison ?', 'La livraison prend quatre semaines.', 'Merci pour les confitures.'],
  ['¿Cuánto cuesta el cartel?', 'El cartel cuesta 300 euros.', 'La cerveza no espera.'],
])('“%s” lies closer to “%s” than to “%s”', async (text, near, far) => {
  expect(await likeness(text, near)).toBeGreaterThan((await likeness(text, far)) + 0.1)
})

test('order, case and accents hardly matter, and a text is like itself', async () => {
  expect(await likeness('Étiquettes PRÊTES', 'pretes etiquettes')).toBeCloseTo(1, 10)
})

test('equal texts get equal vectors, whatever the purpose, in the order asked', async () => {
  const [a, b] = await embedder.embed(['one boat', 'two cats'], 'document', never)
  expect(await embedder.embed(['two cats', 'one boat'], 'query', never)).toEqual([b, a])
  expect(embedder.modelId).toBe('offline-ngrams-1')
})

test('a hundred texts of a megabyte take less than five seconds', async () => {
  const text = Array.from({ length: 150_000 }, (_, index) => `w${index}`).join(' ')
  const texts = Array.from({ length: 100 }, () => text)
  expect(await cpuMsOf(() => embedder.embed(texts, 'document', never))).toBeLessThan(5_000)
})
