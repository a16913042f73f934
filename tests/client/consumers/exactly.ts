// oxlint-disable typescript/no-unnecessary-type-parameters -- how one asks whether two types are the very same
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles only where both types are the very same: neither is wider, and none is `any`. */
export const exactly = <A, B>(..._same: Equal<A, B> extends true ? [] : ['these types differ']) => undefined
