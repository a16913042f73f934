import type { ModelFacts } from '../../model-question.ts'
import { namesDay, namesTime } from './cues/times.ts'
import { boundedText, sentencesOf } from './text.ts'

export interface Choice {
  readonly tools: readonly string[]
}

/** Free times help where a mail names a day or a time. */
export function decide({ mail, tools }: Extract<ModelFacts, { task: 'decide' }>): Choice {
  const isAboutTimes = sentencesOf(boundedText(mail.text)).some((sentence) => namesDay(sentence) || namesTime(sentence))
  const wanted = tools.map(({ name }) => name).filter((name) => name === 'availability' && isAboutTimes)
  return { tools: wanted }
}
