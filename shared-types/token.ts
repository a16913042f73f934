import { z } from 'zod'
import { Id, Instant, pageInput, pageOf } from './page.ts'
import { storableText } from './text.ts'

/**
 * What a program may do with a personal token. `read`: every query of the owner's data, but none about their account.
 * `draft`: that, and what makes or changes drafts for the owner to review. Nothing sends, decides or changes a setting.
 */
export const TokenScope = z.enum(['read', 'draft'])
export type TokenScope = z.infer<typeof TokenScope>

export const CreateTokenInput = z.strictObject({
  /** For the owner to know it by. */
  name: storableText(100).trim().min(1),
  expiresInDays: z.int().min(1).max(365),
  scopes: z
    .array(TokenScope)
    .min(1)
    .max(TokenScope.options.length)
    .refine((scopes) => new Set(scopes).size === scopes.length, 'names a scope twice'),
})
export type CreateTokenInput = z.infer<typeof CreateTokenInput>

const shown = { id: Id, name: z.string(), scopes: z.array(TokenScope), expiresAt: Instant }

/** `token` is told here and never again. */
export const CreatedToken = z.strictObject({ ...shown, token: z.string() })
export type CreatedToken = z.infer<typeof CreatedToken>

export const ListTokensInput = z.strictObject(pageInput)
export type ListTokensInput = z.infer<typeof ListTokensInput>

/** One that has not expired; `lastUsedAt` is right to the minute. */
export const TokenItem = z.strictObject({ ...shown, createdAt: Instant, lastUsedAt: Instant.nullable() })
export type TokenItem = z.infer<typeof TokenItem>
export const TokenPage = pageOf(TokenItem)
export type TokenPage = z.infer<typeof TokenPage>

export const RevokeTokenInput = z.strictObject({ tokenId: Id })
