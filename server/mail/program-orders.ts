import { fold, hasPhrase, phrases } from './phrases.ts'

/** Words to a program that reads mail, in whatever language the rest is: a sign, never a defence. */
const orders = phrases(`
  ignore all previous, ignore previous, ignore the previous, ignore your previous, ignore all prior, ignore any previous,
  disregard all previous, disregard previous, disregard your, disregard the above, forget your instructions,
  forget all previous, previous instructions, your instructions are, new instructions, system prompt, system override,
  developer mode, you are now, act as an, classify this as, classify this mail, classify this email, mark this as,
  mark this message, mark as approved, forward all, forward every, forward the last, forward this to, send all, bcc,
  delete this note, do not ask the owner, ai assistant, the assistant reading, language model, prompt injection,
  ignoriere alle, ignoriere die vorherigen, vorherigen anweisungen, bisherigen anweisungen, ki assistent, ki assistenten,
  leite alle, weiterleiten an, stufe diese, ignorez toutes, ignore toutes, instructions précédentes, assistant ia,
  transférez tous, transfère tous, classez ce, ignora todas, ignore todas, ignora las, instrucciones anteriores,
  asistente de ia, reenvía todos, reenvíe todos, clasifica este
`)

/** Whether the text gives orders to a program that reads it. */
export function readsLikeOrders(text: string): boolean {
  return hasPhrase(fold(text), orders)
}
