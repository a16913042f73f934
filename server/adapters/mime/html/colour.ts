/** Red, green, blue from 0 to 255; `transparent` paints nothing; null is a colour nobody here can tell. */
export type Colour = readonly [number, number, number] | 'transparent' | null

export const black: Colour = [0, 0, 0]
export const white: Colour = [255, 255, 255]
export const linkBlue: Colour = [0, 0, 238]

/** Below this contrast (WCAG 2.1, 1 to 21) nobody reads a word. */
const minimumContrast = 1.1

/** A CSS or HTML colour: hexadecimal, `rgb()`, `rgba()` or one of the commoner names. */
export function parseColour(value: string): Colour {
  const text = value.trim().toLowerCase()
  if (text === 'transparent') return 'transparent'
  const named = names[text]
  if (named) return named
  const hex = /^#?([0-9a-f]{6}(?:[0-9a-f]{2})?|[0-9a-f]{3,4})$/.exec(text)?.[1]
  if (hex) return fromHex(hex)
  const parts = /^rgba?\(([^)]*)\)$/
    .exec(text)?.[1]
    ?.split(/[\s,/]+/)
    .filter(Boolean)
  return parts ? fromParts(parts) : null
}

/** Whether text of the first colour can be told from a background of the second; what nobody can tell counts as yes. */
export function isLegible(text: Colour, background: Colour): boolean {
  if (text === 'transparent') return false
  if (text === null || background === null || background === 'transparent') return true
  const [light, dark] = [luminance(text), luminance(background)].sort((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05) >= minimumContrast
}

function fromHex(hex: string): Colour {
  const full = hex.length < 6 ? [...hex].map((digit) => digit + digit).join('') : hex
  const [red = 0, green = 0, blue = 0, alpha = 255] = Buffer.from(full, 'hex')
  return alpha < 13 ? 'transparent' : [red, green, blue]
}

function fromParts(parts: readonly string[]): Colour {
  const values = parts.map((part, index) => {
    const number = Number.parseFloat(part)
    return part.endsWith('%') ? number * (index < 3 ? 2.55 : 0.01) : number
  })
  const [red = NaN, green = NaN, blue = NaN, alpha = 1] = values
  if ([red, green, blue, alpha].some(Number.isNaN)) return null
  return alpha < 0.05 ? 'transparent' : [red, green, blue]
}

function luminance([red, green, blue]: readonly [number, number, number]): number {
  const [r, g, b] = [red, green, blue].map((value) => {
    const share = Math.min(255, Math.max(0, value)) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

const names: Readonly<Record<string, Colour>> = {
  black,
  white,
  red: [255, 0, 0],
  green: [0, 128, 0],
  blue: [0, 0, 255],
  navy: [0, 0, 128],
  yellow: [255, 255, 0],
  orange: [255, 165, 0],
  purple: [128, 0, 128],
  maroon: [128, 0, 0],
  teal: [0, 128, 128],
  gray: [128, 128, 128],
  grey: [128, 128, 128],
  silver: [192, 192, 192],
  lightgray: [211, 211, 211],
  lightgrey: [211, 211, 211],
  gainsboro: [220, 220, 220],
  whitesmoke: [245, 245, 245],
  ghostwhite: [248, 248, 255],
  snow: [255, 250, 250],
  ivory: [255, 255, 240],
  floralwhite: [255, 250, 240],
  windowtext: black,
  window: white,
}
