import type { ModelRequest } from '../../model-question.ts'
import { refusalOf } from './errors.ts'
import { toStrictSchema } from './schema.ts'

/** How the shape of an answer is asked for: the strictest first, then what servers without it understand. */
const forms = ['json_schema', 'json_object', 'none'] as const

/** How a model of this server wants to be asked; what it refuses is not tried again as long as this process lives. */
export interface Ways {
  readonly form: (typeof forms)[number]
  readonly limit: 'max_tokens' | 'max_completion_tokens'
  readonly hasSystemRole: boolean
}

export class AnswerWays {
  private known: Ways = { form: 'json_schema', limit: 'max_tokens', hasSystemRole: true }
  private hasGivenJson = false

  get current(): Ways {
    return this.known
  }

  /** Whether a refusal says that the question is to be put in another way, which is then the current one. */
  learnFrom(error: unknown, asked: Ways): boolean {
    const refusal = refusalOf(error)
    // Of the grammar that a schema makes some servers complain as of an error of their own.
    if (!refusal || ![400, 422, 500, 501].includes(refusal.status)) return false
    if (refusal.says(/max_completion_tokens/)) return this.become(asked, { limit: 'max_completion_tokens' })
    if (refusal.says(/system role|role.{0,20}system/i)) return this.become(asked, { hasSystemRole: false })
    if (refusal.says(/response[_ ]?format|json[_ ]?(?:schema|object|mode)|structured|grammar|guided/i)) {
      return this.become(asked, { form: nextForm(asked) })
    }
    return false
  }

  /** A server that has never given JSON in this form does not know it, and did not say so. */
  note({ form }: Ways, isJson: boolean): void {
    if (form !== this.known.form) return
    if (isJson) this.hasGivenJson = true
    else if (!this.hasGivenJson) this.known = { ...this.known, form: nextForm(this.known) }
  }

  private become(asked: Ways, change: Partial<Ways>): boolean {
    const known = { ...asked, ...change }
    if (isSame(known, asked)) return false
    // Another call may have learned it meanwhile, and more.
    if (isSame(this.known, asked)) {
      this.known = known
      this.hasGivenJson = false
    }
    return !isSame(this.known, asked)
  }
}

function isSame(one: Ways, other: Ways): boolean {
  return one.form === other.form && one.limit === other.limit && one.hasSystemRole === other.hasSystemRole
}

function nextForm({ form }: Ways): Ways['form'] {
  return forms[forms.indexOf(form) + 1] ?? form
}

/** The question as `/chat/completions` takes it. */
export function chatRequest(
  modelId: string,
  { form, limit, hasSystemRole }: Ways,
  { system, prompt, schema, maxOutputTokens, facts }: ModelRequest,
): object {
  const strict = toStrictSchema(schema)
  const told =
    form === 'json_schema'
      ? system
      : `${system}\n\nAnswer with one JSON object and nothing else. It fits this JSON Schema: ${JSON.stringify(strict)}`
  return {
    model: modelId,
    messages: hasSystemRole
      ? [
          { role: 'system', content: told },
          { role: 'user', content: prompt },
        ]
      : [{ role: 'user', content: `${told}\n\n${prompt}` }],
    [limit]: maxOutputTokens,
    ...(form === 'json_schema' && {
      response_format: { type: form, json_schema: { name: facts.task, strict: true, schema: strict } },
    }),
    ...(form === 'json_object' && { response_format: { type: form } }),
  }
}
