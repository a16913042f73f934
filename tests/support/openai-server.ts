// OpenAI's wire format.

import { type Behaviour, json } from './model-server.ts'

/** A chat completion that says this. */
export function saying(content: string | null, rest: object = {}): Behaviour {
  return choice({ message: { role: 'assistant', content }, finish_reason: 'stop', ...rest })
}

export function choice(value: object): Behaviour {
  return json({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'served',
    choices: [{ index: 0, ...value }],
    usage: { prompt_tokens: 200, completion_tokens: 40, total_tokens: 240 },
  })
}

/** The error envelope, as OpenAI gives it and most others do. */
export function refusing(status: number, message = 'made to fail', code: string | null = null): Behaviour {
  return json({ error: { message, type: 'invalid_request_error', param: null, code } }, status)
}

/** A refusal with a header that says when to come again. */
export function limiting(retryAfter: string): Behaviour {
  return (_request, response) =>
    response
      .writeHead(429, { 'content-type': 'application/json', 'retry-after': retryAfter })
      .end(JSON.stringify({ error: { message: 'Rate limit reached', type: 'requests', code: 'rate_limit_exceeded' } }))
}

/** `/embeddings`: a vector for each text. */
export function embeddings(make: (index: number, text: string) => number[]): Behaviour {
  return (request, response) => {
    const texts = request.body.input as string[]
    const data = texts.map((text, index) => ({ object: 'embedding', index, embedding: make(index, text) }))
    json({ object: 'list', data, model: 'served', usage: { prompt_tokens: 8, total_tokens: 8 } })(request, response)
  }
}
