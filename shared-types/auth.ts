import { z } from 'zod'
import { MailboxStatus } from './mailbox.ts'
import { Id, Instant, pageInput, pageOf } from './page.ts'
import { NewPassword, Password } from './password.ts'
import { storableText } from './text.ts'

export const EmailAddress = z.email().max(254).toLowerCase()

/** Where the refresh token travels: an HttpOnly cookie (browsers) or the body (other clients). */
const tokenTransport = z.enum(['cookie', 'body']).default('cookie')

export const RegisterInput = z.strictObject({ email: EmailAddress, password: NewPassword, tokenTransport })
export type RegisterInput = z.infer<typeof RegisterInput>

export const LoginInput = z.strictObject({ email: EmailAddress, password: Password.min(1), tokenTransport })
export type LoginInput = z.infer<typeof LoginInput>

/** Without a token in the body the refresh cookie is used, and the answer sets a new cookie. */
export const RefreshInput = z.strictObject({ refreshToken: z.string().min(1).max(256).optional() })
export type RefreshInput = z.infer<typeof RefreshInput>

/** Ends the session of the access token, of the cookie, and of the refresh token that is named. */
export const LogoutInput = z.strictObject({ refreshToken: z.string().min(1).max(256).optional() })
export type LogoutInput = z.infer<typeof LogoutInput>

export const User = z.strictObject({ id: Id, email: z.string() })
export type User = z.infer<typeof User>

/** `expiresIn`: life of the access token in seconds. `refreshToken` only with transport `body`. */
export const Tokens = z.strictObject({
  user: User,
  accessToken: z.string(),
  expiresIn: z.int(),
  refreshToken: z.string().optional(),
})
export type Tokens = z.infer<typeof Tokens>

export const ListSessionsInput = z.strictObject(pageInput)
export type ListSessionsInput = z.infer<typeof ListSessionsInput>

/** Somewhere signed in; what is not known of it, as of one from an older version, is null. */
export const SessionItem = z.strictObject({
  id: Id,
  createdAt: Instant,
  lastUsedAt: Instant,
  /** As the client names itself (`User-Agent`). */
  device: z.string().nullable(),
  /** An IPv4 /24 or an IPv6 /64. */
  network: z.string().nullable(),
  /** The one that asks. */
  isCurrent: z.boolean(),
})
export type SessionItem = z.infer<typeof SessionItem>
export const SessionPage = pageOf(SessionItem)
export type SessionPage = z.infer<typeof SessionPage>

export const RevokeSessionInput = z.strictObject({ sessionId: Id })

/** Every session ends; the answer is a new one for whoever asked. */
export const ChangePasswordInput = z.strictObject({
  currentPassword: Password.min(1),
  newPassword: NewPassword,
  tokenTransport,
})
export type ChangePasswordInput = z.infer<typeof ChangePasswordInput>

/** A Google account that its owner signs in with; `subject` is Google's name for it. */
export const GoogleLogin = z.strictObject({ subject: z.string(), address: z.string(), since: Instant })
export type GoogleLogin = z.infer<typeof GoogleLogin>

/** The ways in to this account. */
export const Logins = z.strictObject({ hasPassword: z.boolean(), google: z.array(GoogleLogin) })
export type Logins = z.infer<typeof Logins>

export const RemoveGoogleLoginInput = z.strictObject({ subject: storableText(255).min(1) })

/** It cannot be taken back. */
export const DeleteAccountInput = z.strictObject({ password: Password.min(1) })
export type DeleteAccountInput = z.infer<typeof DeleteAccountInput>

/** The answer does not tell whether there is such an account. */
export const RequestPasswordResetInput = z.strictObject({ email: EmailAddress })
export type RequestPasswordResetInput = z.infer<typeof RequestPasswordResetInput>

/** `token`: as it stands behind the # of the address that came by mail. */
export const ResetPasswordInput = z.strictObject({ token: z.string().min(1).max(256), password: NewPassword })
export type ResetPasswordInput = z.infer<typeof ResetPasswordInput>

export const Done = z.strictObject({ ok: z.literal(true) })

export const MissingPart = z.enum(['GMAIL_CLIENT', 'GEMINI_KEY', 'MAILBOX', 'CALENDAR_SCOPE'])

export const Me = z.strictObject({
  user: User,
  mailboxes: z.array(z.strictObject({ id: Id, address: z.string(), status: MailboxStatus })),
  missing: z.array(MissingPart),
})
export type Me = z.infer<typeof Me>
