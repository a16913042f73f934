const oid = { bytea: 17, int8: 20, date: 1082, numeric: 1700, timestamptz: 1184 } as const

/**
 * How text from the database becomes a value, the same in both drivers: instants are ISO 8601 strings in UTC with
 * milliseconds (a Date would lose what a keyset cursor needs), counts are numbers, exact decimals and days stay
 * strings.
 */
export const parsers: Record<number, (text: string) => unknown> = {
  [oid.bytea]: (text) => Buffer.from(text.slice(2), 'hex'),
  [oid.int8]: Number,
  [oid.date]: (text) => text,
  [oid.numeric]: (text) => text,
  [oid.timestamptz]: instant,
}

/** `2026-03-29 09:30:00.5+02` or `...+05:30` -> `2026-03-29T07:30:00.500Z` */
function instant(text: string): string {
  return new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')).toISOString()
}
