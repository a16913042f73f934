/** One page of a list that is ordered newest first; the token names the last item shown, so new arrivals shift nothing. */
export function takePage<T>(
  items: readonly T[],
  query: URLSearchParams,
  keyOf: (item: T) => string,
): { page: T[]; nextPageToken?: string } {
  const size = pageSize(query)
  const token = query.get('pageToken')
  const start = token === null ? 0 : items.findIndex((item) => keyOf(item) === token) + 1
  const page = items.slice(start, start + size)
  const last = page.at(-1)
  return last && start + size < items.length ? { page, nextPageToken: keyOf(last) } : { page }
}

/** maxResults: 100 unless told, at most 500. */
export function pageSize(query: URLSearchParams): number {
  const asked = Number(query.get('maxResults') ?? 100)
  return Math.min(500, Number.isInteger(asked) && asked > 0 ? asked : 100)
}
