import { createOfflineModel } from '../../server/adapters/offline-model/model.ts'
import type { ModelFacts, ModelRequest } from '../../server/model-question.ts'
import type { Embedder, LanguageModel } from '../../server/ports.ts'

type Task = ModelFacts['task']
/** Makes the answer's JSON, from what the offline model would say; may throw instead. */
type Line = (usual: object, request: ModelRequest) => unknown

export type ScriptedModel = ReturnType<typeof createScriptedModel>

/** The offline model with its questions recorded; a test may put words into its mouth, or make it fail. */
export function createScriptedModel() {
  const offline = createOfflineModel()
  const requests: ModelRequest[] = []
  const once: Record<Task, Line[]> = { classify: [], decide: [], generate: [], verify: [] }
  const always: Partial<Record<Task, Line>> = {}
  let embedFailure: Error | null = null

  const model: LanguageModel = {
    ids: { classify: 'scripted', generate: 'scripted' },
    async answer(request, signal) {
      requests.push(request)
      const { task } = request.facts
      const usual = await offline.model.answer(request, signal)
      const line = once[task].shift() ?? always[task]
      const json = line ? await line(usual.json as object, request) : usual.json
      return { ...usual, json, model: 'scripted', inputTokens: 100, outputTokens: 10, cost: 0.001 }
    },
  }
  const embedder: Embedder = {
    modelId: offline.embedder.modelId,
    embed(texts, purpose, signal) {
      return embedFailure ? Promise.reject(embedFailure) : offline.embedder.embed(texts, purpose, signal)
    },
  }
  return {
    ports: { model, embedder },
    requests,
    /** Questions of one kind, in order. */
    asked: (task: Task) => requests.filter(({ facts }) => facts.task === task),
    /** The next answers of this kind, one each; then the usual ones come again. */
    next: (task: Task, ...lines: Line[]) => void once[task].push(...lines),
    always: (task: Task, line: Line) => void (always[task] = line),
    failEmbedding: (error: Error) => void (embedFailure = error),
    /** Back to the offline model, nothing asked yet. */
    reset() {
      requests.length = 0
      for (const task of ['classify', 'decide', 'generate', 'verify'] as const) {
        once[task] = []
        delete always[task]
      }
      embedFailure = null
    },
  }
}
