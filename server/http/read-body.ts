import type { Request } from 'express'
import { AppError } from '../errors.ts'

/** Refuses a body by its announced size, before anything is done for it. */
export function assertBodyFits(req: Request, maxBytes: number): void {
  if (Number(req.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes)
}

/** The body as it came. BODY_TOO_LARGE as soon as it is; what follows is thrown away on arrival. */
export async function readBody(req: Request, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > maxBytes) break
      chunks.push(chunk)
    }
  } catch (error) {
    throw new AppError('VALIDATION_FAILED', 'The request ended before its body did.', { cause: error })
  }
  if (size <= maxBytes) return Buffer.concat(chunks)
  req.resume()
  throw tooLarge(maxBytes)
}

function tooLarge(maxBytes: number): AppError {
  return new AppError('BODY_TOO_LARGE', `The request is larger than ${maxBytes / 1_000} kB.`)
}
