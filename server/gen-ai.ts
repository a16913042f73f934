// OpenTelemetry's semantic conventions for generative AI, as far as they are used here; still in development there, so
// that their names stand in this file alone: https://opentelemetry.io/docs/specs/semconv/gen-ai/

export const genAi = {
  agentName: 'gen_ai.agent.name',
  inputTokens: 'gen_ai.usage.input_tokens',
  maxTokens: 'gen_ai.request.max_tokens',
  operation: 'gen_ai.operation.name',
  outputTokens: 'gen_ai.usage.output_tokens',
  outputType: 'gen_ai.output.type',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  responseModel: 'gen_ai.response.model',
} as const

export const operations = { chat: 'chat', embeddings: 'embeddings', agent: 'invoke_agent' } as const

/** As the conventions call them, after the wire format where nobody knows who answers; ours has no name there. */
export const providers = { gemini: 'gcp.gemini', openai: 'openai', offline: 'reasonflow.offline' } as const

export const agentName = 'reasonflow'
