/** @type {import('next').NextConfig} */
const config = {
  output: 'standalone',
  // Without it a lock file further up the disk would move the root, and the output tree with it.
  outputFileTracingRoot: import.meta.dirname,
  // Read while the program runs, so tracing cannot see them. impit loads its native part by a computed name.
  outputFileTracingIncludes: {
    '/*': ['./db/migrations/**/*', './config/*.example.toml', './node_modules/impit*/**/*'],
  },
  // Packages with native parts, with workers, or with state that must exist once: Node loads them as they are.
  serverExternalPackages: [
    'better-sqlite3',
    'hash-wasm',
    'impit',
    'pg',
    'pino',
    'pino-pretty',
    'sharp',
    'socks',
    'undici',
  ],
  reactStrictMode: true,
  poweredByHeader: false,
  // Compressing is the reverse proxy's work, and event streams gain nothing by it.
  compress: false,
  // Media have ids of their own and are served by our route; nothing is resized by Next.
  images: { unoptimized: true },
  // Otherwise `next dev` writes a file for coding assistants into the project.
  agentRules: false,
  // API clients do not follow a redirect with a POST: `/v1/models/` reaches its handler like `/v1/models`.
  skipTrailingSlashRedirect: true,
  redirects: () =>
    Promise.resolve([
      { source: '/', destination: '/admin', permanent: false },
      { source: '/manage', destination: '/admin/accounts', permanent: false },
      { source: '/login', destination: '/admin/login', permanent: false },
      { source: '/test', destination: '/admin/playground', permanent: false },
      { source: '/admin/settings', destination: '/admin/settings/general', permanent: false },
    ]),
};

export default config;
