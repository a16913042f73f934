import {
  ChangePasswordInput,
  Done,
  ListSessionsInput,
  LoginInput,
  LogoutInput,
  Me,
  NoInput,
  RefreshInput,
  RegisterInput,
  RequestPasswordResetInput,
  ResetPasswordInput,
  RevokeSessionInput,
  SessionPage,
  Tokens,
} from '../../shared-types/index.ts'
import { readMe } from '../services/me.ts'
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
import { publicProcedure, router, sensitiveProcedure, userProcedure } from './trpc.ts'

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
  changePassword: userProcedure
    .input(ChangePasswordInput)
    .output(Tokens)
    .mutation(({ ctx, input }) => changePassword(ctx, ctx.userId, input)),
  requestPasswordReset: publicProcedure
    .input(RequestPasswordResetInput)
    .output(Done)
    .mutation(({ ctx, input }) => requestPasswordReset(ctx, input)),
  resetPassword: publicProcedure
    .input(ResetPasswordInput)
    .output(Done)
    .mutation(({ ctx, input }) => resetPassword(ctx, input)),
  me: userProcedure
    .input(NoInput)
    .output(Me)
    .query(({ ctx }) => readMe(ctx, ctx.userId)),
})
