/** What a person sees is what is kept and sent: no control, zero-width or bidirectional characters, no half of one. */
export function readable(text: string): string {
  return text.replaceAll(/[^\P{C}\n\t]/gu, '')
}
