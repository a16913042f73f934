/** The mail's own language if the owner answers in it, else the one they prefer. */
export function replyLanguage(language: string | undefined, spoken: readonly string[]): string {
  return language && spoken.includes(language) ? language : (spoken[0] ?? 'en')
}
