/** What the `openai` package sends of itself, in Node and in a page. */
const stainless = {
  accept: 'application/json',
  authorization: 'Bearer {key}',
  'x-stainless-arch': 'x64',
  'x-stainless-lang': 'js',
  'x-stainless-os': 'Linux',
  'x-stainless-retry-count': '0',
  'x-stainless-timeout': '600',
};

export const sdkInNode = {
  ...stainless,
  'user-agent': 'OpenAI/JS 4.104.0',
  'accept-encoding': 'gzip, deflate',
  connection: 'keep-alive',
  'x-stainless-package-version': '4.104.0',
  'x-stainless-runtime': 'node',
  'x-stainless-runtime-version': 'v22.11.0',
};

/** The same in a page, where the browser asks before it sends these. */
export const sdkInPage = {
  ...stainless,
  'accept-encoding': 'gzip, deflate, br, zstd',
  'x-stainless-os': 'Unknown',
  'x-stainless-package-version': '5.12.2',
  'x-stainless-runtime': 'browser:chrome',
  'x-stainless-runtime-version': '138.0.7204',
  'sec-fetch-mode': 'cors',
  'sec-fetch-site': 'cross-site',
};

export const askedInPage =
  'authorization,content-type,x-stainless-arch,x-stainless-lang,x-stainless-os,x-stainless-package-version,x-stainless-retry-count,x-stainless-runtime,x-stainless-runtime-version,x-stainless-timeout';
