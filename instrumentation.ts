/** Called by Next once per server process, never during a build. The Edge copy of this file must not see Node's modules. */
export async function register() {
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { boot } = await import('./lib/boot');
    await boot({ handleSignals: process.env.NEXT_MANUAL_SIG_HANDLE === 'true' });
  }
}
