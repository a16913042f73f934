/** The strings in it, keys included, that PostgreSQL would refuse: U+0000 or half a character, in text and jsonb. */
export function refusedStrings(value: unknown): string[] {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? [value] : []
  return value && typeof value === 'object'
    ? Object.entries(value).flatMap(([key, item]) => [...refusedStrings(key), ...refusedStrings(item)])
    : []
}
