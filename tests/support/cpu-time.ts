/**
 * What this thread computed meanwhile, in milliseconds. A busy machine that lets the thread wait is no fault of the
 * code's, so bounds on how long something takes are bounds on this.
 */
export async function cpuMsOf(work: () => unknown): Promise<number> {
  const before = process.threadCpuUsage()
  await work()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1_000
}
