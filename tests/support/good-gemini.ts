import { parts, vectors } from './gemini-server.ts'
import { type Behaviour } from './model-server.ts'

/** Gemini as it is on a good day: a meaning for every mail, a body for every reply. */
export const goodGemini: Behaviour = (request, response) => {
  if (request.path.includes('batchEmbedContents'))
    return vectors(() => [1, ...Array<number>(767).fill(0)])(request, response)
  const asksForBody = 'body' in request.body.generationConfig.responseSchema.properties
  const json = asksForBody
    ? { body: 'Dear Ada, gladly.', openQuestions: [], citations: [], confidence: 0.9, language: 'en' }
    : {
        intent: 'inquiry',
        confidence: 0.9,
        reason: 'It asks.',
        language: 'en',
        needsReply: true,
        asks: [{ text: 'How much?', due: null }],
      }
  parts({ text: JSON.stringify(json) })(request, response)
}
