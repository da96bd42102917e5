// Read by Node versions that are too old for this program: no newer syntax here.

const oldestMajor = 20;
const oldestMinor = 18;

/**
 * What to tell the user about this Node, or '' when it is new enough.
 * @param {string} version as in `process.versions.node`
 */
export function nodeVersionProblem(version) {
  const parts = version.split('.').map(Number);
  const major = parts[0] || 0;
  const minor = parts[1] || 0;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return '';
  return [
    `Node ${oldestMajor}.${oldestMinor} or newer is needed, and this is Node ${version}.`,
    'Install a newer one (https://nodejs.org, or `nvm install 22`), then run the same command again.',
  ].join('\n');
}
