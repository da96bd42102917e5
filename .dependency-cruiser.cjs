/**
 * Who may import whom. `npm run check` runs these rules over all folders of the program.
 * Test files beside their source (`x.test.ts`) are free to import what they need.
 */
const rule = (name, from, to, comment, pathNot = []) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: ['\\.test\\.tsx?$', ...pathNot] },
  to: typeof to === 'string' ? { path: to } : to,
});

// The parts of lib that run in the browser as well as on the server.
const isomorphic = 'admin-api/|messages/(?!page-text)|format\\.ts|cn\\.ts';

module.exports = {
  forbidden: [
    rule(
      'no-cycles',
      '',
      // A circle that a type closes is none when the program runs: functions say what they take by `Pick<Runtime, …>`.
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
      'Two files that need each other are one file, or miss a third.',
    ),
    rule(
      'tests-stay-out',
      '',
      '(\\.test\\.tsx?$|^tests/|/__fixtures__/)',
      'Production code imports no test code.',
      ['^tests/', '^playwright\\.config\\.ts$'],
    ),
    rule('app-not-to-db', '^app/', '^(db|config)/', 'Routes and pages ask lib.'),
    rule(
      'components-see-the-contract-only',
      '^components/',
      `^(db|config|app|lib/(?!${isomorphic}))`,
      'No server module in the browser bundle.',
    ),
    rule(
      'contract-is-plain',
      '^lib/admin-api/',
      '^(db|config|app|components|lib/(?!admin-api/))',
      'The browser imports it.',
    ),
    rule('lib-has-no-ui', '^lib/', '^(app|components)/', 'lib runs in a test or a loop without a page.'),
    rule(
      'lib-has-no-react',
      '^(lib|db|config)/',
      'node_modules/(@types/)?(react|react-dom|@tanstack/react-query)/',
      'React lives in app and components.',
    ),
    rule(
      'codecs-are-pure',
      '^lib/(openai|gemini)/',
      '^(db|config|lib/(?!openai/|gemini/|models/|errors\\.ts|generation/types\\.ts))',
      'A codec maps data to data.',
    ),
    rule(
      'codecs-are-strangers',
      '^lib/(openai|gemini)/',
      { path: '^lib/(openai|gemini)/', pathNot: '^lib/$1/' },
      'Each maps from the domain, never from the other.',
    ),
    rule(
      'domain-knows-no-wire',
      '^lib/(generation|accounts|flow|media|models|api-keys)/',
      '^lib/(openai|gemini|route|seed-api)/',
      'The domain does not know who asked.',
    ),
    rule(
      'flow-is-a-leaf',
      '^lib/flow/',
      {
        path: '^(db/|config/|lib/(?!flow/|http/|observability/|errors\\.ts))',
        dependencyTypesNot: ['type-only'],
      },
      'The upstream client keeps nothing and picks nobody.',
    ),
    rule('db-is-a-leaf', '^db/', '^(app|components|lib)/', 'Repositories know tables, not callers.'),
    rule(
      'config-is-a-leaf',
      '^config/',
      '^(app|components|lib|db)/',
      'Config is read before anything else exists.',
    ),
    rule(
      'only-runtime-composes',
      '^lib/',
      {
        path: '^(lib/runtime\\.ts|db/client\\.ts|config/(env|toml)\\.ts)$',
        dependencyTypesNot: ['type-only'],
      },
      'Everything else is handed what it needs.',
      ['^lib/(runtime\\.ts|boot\\.ts|route/|auth/session\\.ts)'],
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(\\.next|data)/' },
  },
};
