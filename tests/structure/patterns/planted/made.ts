const words = ['x', 'y']

export const constant = new RegExp(`^(?:${['a', 'b'].join('|')})+$`, 'iu')
export const each = words.map((word) => RegExp(`${word}+`))

export function ofData(word: string): RegExp {
  return new RegExp(word)
}

export const inFunction = (word: string) => RegExp(`^${word}`)
