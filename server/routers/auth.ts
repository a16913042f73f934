import {
  Done,
  LoginInput,
  LogoutInput,
  Me,
  NoInput,
  RefreshInput,
  RegisterInput,
  Tokens,
} from '../../shared-types/index.ts'
import { readMe } from '../services/me.ts'
import { login, logout, refresh, register } from '../services/sessions.ts'
import { publicProcedure, router, userProcedure } from './trpc.ts'

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
  me: userProcedure
    .input(NoInput)
    .output(Me)
    .query(({ ctx }) => readMe(ctx, ctx.userId)),
})
