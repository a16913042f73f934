// Only what a number with its unit comes to: a library for it would be larger than the list of units.

/** CSS pixels an absolute unit has (CSS Values 4, 6.2). */
const absolute: Readonly<Record<string, number>> = {
  px: 1,
  pt: 4 / 3,
  pc: 16,
  in: 96,
  cm: 37.8,
  mm: 3.78,
  rem: 16,
  '': 1,
}
const keywords: Readonly<Record<string, number>> = {
  'xx-small': 9,
  'x-small': 10,
  small: 13,
  medium: 16,
  large: 18,
  'x-large': 24,
  'xx-large': 32,
}

/** A CSS length in pixels; a percentage only where it is known of what. Undefined when it cannot be told. */
export function pixelsOf(value: string | undefined, fontPx: number, wholePx?: number): number | undefined {
  if (value === undefined) return undefined
  const keyword = keywords[value]
  if (keyword !== undefined) return keyword
  const [, digits = '', unit = ''] = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)([a-z%]*)$/.exec(value.trim()) ?? []
  const number = Number.parseFloat(digits)
  if (Number.isNaN(number)) return undefined
  // Nothing is nothing in any unit.
  if (number === 0) return 0
  if (unit === 'em') return number * fontPx
  if (unit === 'ex' || unit === 'ch') return number * fontPx * 0.5
  if (unit === '%') return wholePx === undefined ? undefined : (number / 100) * wholePx
  const factor = absolute[unit]
  return factor === undefined ? undefined : number * factor
}
