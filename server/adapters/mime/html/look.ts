import { black, type Colour, isLegible, linkBlue, parseColour, white } from './colour.ts'
import type { Declarations } from './css.ts'
import { pixelsOf } from './length.ts'
import type { StyledElement } from './selector.ts'

/** How an element looks, as far as reading its text goes; most of it is inherited. */
export interface Look {
  /** Neither it nor anything inside is drawn. */
  readonly isGone: boolean
  readonly isVisible: boolean
  readonly fontPx: number
  readonly colour: Colour
  readonly background: Colour
  /** Whether a person sees text that stands right inside it. */
  readonly isSeen: boolean
}

export const pageLook: Look = {
  isGone: false,
  isVisible: true,
  fontPx: 16,
  colour: black,
  background: white,
  isSeen: true,
}

/** Smaller letters are dots. */
const minimumFontPx = 4
/** Further out than this nothing is looked for. */
const offScreenPx = -400

export function lookOf(element: StyledElement, style: Declarations, parent: Look): Look {
  const value = (property: string) => style.get(property)?.value
  const fontPx = fontPxOf(element, value, parent.fontPx)
  const look = {
    isGone: parent.isGone || isGone(element, value, fontPx),
    isVisible: visibilityOf(value('visibility')) ?? parent.isVisible,
    fontPx,
    colour: colourOf(element, value('color'), parent.colour),
    background: backgroundOf(element, value, parent.background),
  }
  const isLarge = fontPx >= minimumFontPx
  return { ...look, isSeen: !look.isGone && look.isVisible && isLarge && isLegible(look.colour, look.background) }
}

type Value = (property: string) => string | undefined

function isGone({ attributes }: StyledElement, value: Value, fontPx: number): boolean {
  const px = (property: string) => pixelsOf(value(property), fontPx)
  const isClipped = /hidden|clip/.test(value('overflow') ?? '')
  const isNothing = (property: string) => (px(property) ?? 2) <= 1
  return (
    attributes['hidden'] !== undefined ||
    value('display') === 'none' ||
    Number.parseFloat(value('opacity') ?? '1') < 0.05 ||
    (isClipped && ['height', 'max-height', 'max-width'].some(isNothing)) ||
    // `width: 1px; min-width: 100%` makes a telephone take the whole width.
    (isClipped && isNothing('width') && value('min-width') === undefined) ||
    (isNothing('max-height') && isNothing('max-width')) ||
    isOffScreen(value, px)
  )
}

function isOffScreen(value: Value, px: (property: string) => number | undefined): boolean {
  const isFarOut = (property: string) => (px(property) ?? 0) <= offScreenPx
  const isPlaced = /absolute|fixed|relative/.test(value('position') ?? '')
  return (
    ['text-indent', 'margin-left', 'margin-top'].some(isFarOut) ||
    (isPlaced && ['left', 'top', 'right'].some(isFarOut)) ||
    (isPlaced && /rect\(\s*(?:[01](?:px)?[\s,]+){3}[01](?:px)?\s*\)/.test(value('clip') ?? '')) ||
    /inset\(\s*(?:50|[6-9]\d|100)%/.test(value('clip-path') ?? '') ||
    /scale[xy]?\(\s*0(?:\.0*)?\s*[,)]|translate[xy]?\([^)]*-\d{4,}/.test(value('transform') ?? '')
  )
}

function visibilityOf(value: string | undefined): boolean | undefined {
  if (value === 'hidden' || value === 'collapse') return false
  return value === 'visible' ? true : undefined
}

function fontPxOf({ name, attributes }: StyledElement, value: Value, parentPx: number): number {
  // The size is the first length of the shorthand; a weight such as `600` has no unit.
  const shorthand = /(?:^|\s)(\.?\d[\d.]*(?:px|pt|em|rem|%)|0)(?=[\s/]|$)/.exec(value('font') ?? '')?.[1]
  const size = pixelsOf(value('font-size') ?? shorthand, parentPx, parentPx)
  if (size !== undefined) return size
  return name === 'font' && attributes['size'] ? Math.max(10, parentPx) : parentPx
}

function colourOf({ name, attributes }: StyledElement, styled: string | undefined, parent: Colour): Colour {
  if (styled === 'inherit' || styled === 'unset' || styled === 'currentcolor') return parent
  if (styled === 'initial') return black
  if (styled !== undefined) return parseColour(styled)
  const given = name === 'font' ? attributes['color'] : name === 'body' ? attributes['text'] : undefined
  if (given) return parseColour(given)
  return name === 'a' && attributes['href'] !== undefined ? linkBlue : parent
}

function backgroundOf({ attributes }: StyledElement, value: Value, parent: Colour): Colour {
  const styled = value('background-color') ?? value('background')
  const hasPicture = [value('background'), value('background-image')].some((text) => /url\(|gradient/.test(text ?? ''))
  if (hasPicture || attributes['background']) return null
  if (styled === undefined) return attributes['bgcolor'] ? parseColour(attributes['bgcolor']) : parent
  const painted = /none|inherit|initial|unset/.test(styled) ? 'transparent' : paintedColour(styled)
  return painted === 'transparent' ? parent : painted
}

/** The colour inside a `background` shorthand. */
function paintedColour(value: string): Colour {
  const words = value.match(/[a-z-]+\([^()]*\)|[^\s,]+/g) ?? []
  return words.map(parseColour).find((colour) => colour !== null) ?? null
}
