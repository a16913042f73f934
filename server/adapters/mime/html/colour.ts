import { color, serializeRGB } from '@csstools/css-color-parser'
import { parseComponentValue } from '@csstools/css-parser-algorithms'
import { tokenize } from '@csstools/css-tokenizer'

/** Red, green, blue from 0 to 255; `transparent` paints nothing; null is a colour nobody here can tell. */
export type Colour = readonly [number, number, number] | 'transparent' | null

export const black: Colour = [0, 0, 0]
export const white: Colour = [255, 255, 255]
export const linkBlue: Colour = [0, 0, 238]

/** Below this contrast (WCAG 2.1, 1 to 21) nobody reads a word. */
const minimumContrast = 1.1

/** The longest colour that is looked at. */
const maxLength = 500

/** Outlook's names for the colours of a window. */
const windowColours: Readonly<Record<string, string>> = { window: 'white', windowtext: 'black' }

/** A CSS or HTML colour, which may lack its `#`. */
export function parseColour(value: string): Colour {
  const text = value.trim().toLowerCase()
  if (text.length > maxLength) return null
  const css = windowColours[text] ?? (/^[\da-f]+$/.test(text) ? `#${text}` : text)
  const component = parseComponentValue(tokenize({ css }))
  const parsed = component ? color(component) : false
  if (!parsed) return null
  const numbers =
    serializeRGB(parsed)
      .toString()
      .match(/[\d.]+/g) ?? []
  const [red = 0, green = 0, blue = 0, alpha = 1] = numbers.map(Number)
  return alpha < 0.05 ? 'transparent' : [red, green, blue]
}

/** Whether text of the first colour can be told from a background of the second; what nobody can tell counts as yes. */
export function isLegible(text: Colour, background: Colour): boolean {
  if (text === 'transparent') return false
  if (text === null || background === null || background === 'transparent') return true
  const [light, dark] = [luminance(text), luminance(background)].sort((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05) >= minimumContrast
}

function luminance([red, green, blue]: readonly [number, number, number]): number {
  const [r, g, b] = [red, green, blue].map((value) => {
    const share = Math.min(255, Math.max(0, value)) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
