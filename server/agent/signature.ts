/** The body with the owner's own words below it. */
export function withSignature(body: string, signature: string): string {
  return signature.trim() === '' ? body : `${body}\n\n${signature.trim()}`
}

/** The same without them: they promise nothing in the agent's name. */
export function withoutSignature(body: string, signature: string): string {
  const end = signature.trim()
  return end !== '' && body.endsWith(end) ? body.slice(0, -end.length) : body
}
