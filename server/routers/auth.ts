import {
  ChangePasswordInput,
  CreatedToken,
  CreateTokenInput,
  DeleteAccountInput,
  Done,
  ListSessionsInput,
  ListTokensInput,
  LoginInput,
  Logins,
  LogoutInput,
  Me,
  NoInput,
  RefreshInput,
  RemoveGoogleLoginInput,
  RegisterInput,
  RequestPasswordResetInput,
  ResetPasswordInput,
  RevokeSessionInput,
  RevokeTokenInput,
  SessionPage,
  TokenPage,
  Tokens,
} from '../../shared-types/index.ts'
import { deleteAccount } from '../services/account-deletion.ts'
import { readMe } from '../services/me.ts'
import { readLogins, removeGoogleLogin } from '../services/google-login.ts'
import { createToken, readTokens, revokeToken } from '../services/personal-tokens.ts'
import { requestPasswordReset, resetPassword } from '../services/password-resets.ts'
import {
  changePassword,
  login,
  logout,
  logoutEverywhere,
  readSessions,
  refresh,
  register,
  revokeSession,
} from '../services/sessions.ts'
import { publicProcedure, readProcedure, router, sensitiveProcedure, userProcedure } from './trpc.ts'

export const authRouter = router({
  register: publicProcedure
    .input(RegisterInput)
    .output(Tokens)
    .mutation(({ ctx, input }) => register(ctx, input)),
  login: publicProcedure
    .input(LoginInput)
    .output(Tokens)
    .mutation(({ ctx, input }) => login(ctx, input)),
  refresh: publicProcedure
    .input(RefreshInput.prefault({}))
    .output(Tokens)
    .mutation(({ ctx, input }) => refresh(ctx, input)),
  logout: publicProcedure
    .input(LogoutInput.prefault({}))
    .output(Done)
    .mutation(({ ctx, input }) => logout(ctx, input)),
  logoutEverywhere: userProcedure
    .input(NoInput)
    .output(Done)
    .mutation(({ ctx }) => logoutEverywhere(ctx, ctx.userId)),
  sessions: sensitiveProcedure
    .input(ListSessionsInput.prefault({}))
    .output(SessionPage)
    .query(({ ctx, input }) => readSessions(ctx, ctx.caller, input)),
  revokeSession: userProcedure
    .input(RevokeSessionInput)
    .output(Done)
    .mutation(({ ctx, input }) => revokeSession(ctx, ctx.userId, input.sessionId)),
  tokens: sensitiveProcedure
    .input(ListTokensInput.prefault({}))
    .output(TokenPage)
    .query(({ ctx, input }) => readTokens(ctx, ctx.userId, input)),
  createToken: sensitiveProcedure
    .input(CreateTokenInput)
    .output(CreatedToken)
    .mutation(({ ctx, input }) => createToken(ctx, ctx.caller, input)),
  revokeToken: sensitiveProcedure
    .input(RevokeTokenInput)
    .output(Done)
    .mutation(({ ctx, input }) => revokeToken(ctx, ctx.userId, input.tokenId)),
  logins: sensitiveProcedure
    .input(NoInput)
    .output(Logins)
    .query(({ ctx }) => readLogins(ctx, ctx.userId)),
  removeGoogleLogin: sensitiveProcedure
    .input(RemoveGoogleLoginInput)
    .output(Done)
    .mutation(({ ctx, input }) => removeGoogleLogin(ctx, ctx.userId, input.subject)),
  changePassword: userProcedure
    .input(ChangePasswordInput)
    .output(Tokens)
    .mutation(({ ctx, input }) => changePassword(ctx, ctx.userId, input)),
  deleteAccount: sensitiveProcedure
    .input(DeleteAccountInput)
    .output(Done)
    .mutation(({ ctx, input }) => deleteAccount(ctx, ctx.userId, input)),
  requestPasswordReset: publicProcedure
    .input(RequestPasswordResetInput)
    .output(Done)
    .mutation(({ ctx, input }) => requestPasswordReset(ctx, input)),
  resetPassword: publicProcedure
    .input(ResetPasswordInput)
    .output(Done)
    .mutation(({ ctx, input }) => resetPassword(ctx, input)),
  me: readProcedure
    .input(NoInput)
    .output(Me)
    .query(({ ctx }) => readMe(ctx, ctx.userId)),
})
