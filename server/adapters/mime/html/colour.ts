import { colourNames } from './colour-names.ts'

/** Red, green, blue from 0 to 255; `transparent` paints nothing; null is a colour nobody here can tell. */
export type Colour = readonly [number, number, number] | 'transparent' | null

export const black: Colour = [0, 0, 0]
export const white: Colour = [255, 255, 255]
export const linkBlue: Colour = [0, 0, 238]

/** Below this contrast (WCAG 2.1, 1 to 21) nobody reads a word. */
const minimumContrast = 1.1

/** A CSS or HTML colour: a name, hexadecimal, `rgb()` or `hsl()`. */
export function parseColour(value: string): Colour {
  const text = value.trim().toLowerCase()
  if (text === 'transparent') return 'transparent'
  const hex = colourNames.get(text) ?? /^#?([0-9a-f]{6}(?:[0-9a-f]{2})?|[0-9a-f]{3,4})$/.exec(text)?.[1]
  if (hex) return fromHex(hex)
  const [, model, parts = ''] = /^(rgb|hsl)a?\(([^)]*)\)$/.exec(text) ?? []
  return model ? fromParts(model, parts.split(/[\s,/]+/).filter(Boolean)) : null
}

/** Whether text of the first colour can be told from a background of the second; what nobody can tell counts as yes. */
export function isLegible(text: Colour, background: Colour): boolean {
  if (text === 'transparent') return false
  if (text === null || background === null || background === 'transparent') return true
  const [light, dark] = [luminance(text), luminance(background)].sort((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05) >= minimumContrast
}

function fromHex(hex: string): Colour {
  const full = hex.length < 6 ? hex.replace(/./g, '$&$&') : hex
  const [red = 0, green = 0, blue = 0, alpha = 255] = Buffer.from(full, 'hex')
  return alpha < 13 ? 'transparent' : [red, green, blue]
}

function fromParts(model: string, parts: readonly string[]): Colour {
  const wholes = model === 'rgb' ? [255, 255, 255, 1] : [360, 1, 1, 1]
  const values = parts.map(
    (part, index) => Number.parseFloat(part) * (part.endsWith('%') ? (wholes[index] ?? 1) / 100 : 1),
  )
  const [first = NaN, second = NaN, third = NaN, alpha = 1] = values
  if ([first, second, third, alpha].some(Number.isNaN)) return null
  if (alpha < 0.05) return 'transparent'
  return model === 'rgb' ? [first, second, third] : fromHsl(first, second, third)
}

/** CSS Color 4, 7.1. */
function fromHsl(hue: number, saturation: number, lightness: number): Colour {
  const [red = 0, green = 0, blue = 0] = [0, 8, 4].map((offset) => {
    const k = (offset + hue / 30) % 12
    return 255 * (lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1)))
  })
  return [red, green, blue]
}

function luminance([red, green, blue]: readonly [number, number, number]): number {
  const [r, g, b] = [red, green, blue].map((value) => {
    const share = Math.min(255, Math.max(0, value)) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
