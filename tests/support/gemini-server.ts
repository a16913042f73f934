// Gemini's wire format.

import { type Behaviour, json } from './model-server.ts'

/** One candidate of these parts. */
export function parts(...list: { text?: string; thought?: boolean }[]): Behaviour {
  return candidate({ content: { role: 'model', parts: list }, finishReason: 'STOP', index: 0 })
}

export function candidate(value: object): Behaviour {
  return json({
    candidates: [value],
    usageMetadata: { promptTokenCount: 200, candidatesTokenCount: 30, thoughtsTokenCount: 10, totalTokenCount: 240 },
  })
}

/** The error envelope, as developers.google.com describes it. */
export function failing(code: number, status: string, details?: object[]): Behaviour {
  return json({ error: { code, message: 'made to fail', status, ...(details && { details }) } }, code)
}

/** batchEmbedContents: a vector for each request, of a length the real service might give. */
export function vectors(make: (index: number, text: string) => number[]): Behaviour {
  return (request, response) => {
    const list: { content: { parts: { text: string }[] } }[] = request.body.requests
    json({ embeddings: list.map((one, index) => ({ values: make(index, one.content.parts[0]?.text ?? '') })) })(
      request,
      response,
    )
  }
}
