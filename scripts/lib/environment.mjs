import fs from 'node:fs';
import path from 'node:path';
import { parsePort } from './port.mjs';
import { inRoot, readIfThere, root } from './project.mjs';

/** @typedef {Record<string, string | undefined>} Environment */

/**
 * The environment that the program gets: the shell's, else the `.env` file's, else the defaults. Paths become
 * absolute here, because the built program runs in another folder: those of the shell are meant from where the
 * user stands, those of `.env` and the defaults from the project's root.
 * @param {Environment} shell
 * @param {{ file?: string | undefined, standing: string, root: string }} from
 * @returns {Environment}
 */
export function resolveEnvironment(shell, from) {
  return {
    ...absolute({ DATA_DIR: 'data' }, from.root),
    ...absolute(given(parseEnvironmentFile(from.file ?? '')), from.root),
    ...absolute(given(shell), from.standing),
  };
}

/**
 * The values of a `.env` file: one in a line, in quotes or without. Node's own reader (20) takes the line after an
 * empty value for that value.
 * @param {string} text
 * @returns {Environment}
 */
export function parseEnvironmentFile(text) {
  /** @type {Environment} */
  const values = {};
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n|\r/)) {
    const [, name, value = ''] = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const [, , quoted] = /^(["'])(.*)\1\s*(?:#.*)?$/.exec(value) ?? [];
    values[name] = quoted ?? value.replace(/(^|\s)#.*$/, '').trim();
  }
  return values;
}

/**
 * Empty values mean "not set": a copied `.env.example` has many of them.
 * @param {Environment} values
 */
const given = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value?.trim()));

/**
 * @param {Environment} values
 * @param {string} base
 */
function absolute(values, base) {
  const result = { ...values };
  for (const name of ['DATA_DIR', 'CONFIG_FILE']) {
    const value = result[name];
    if (value !== undefined) result[name] = path.resolve(base, value);
  }
  const database = /^file:(?![/:])(.+)$/.exec(result.DATABASE_URL ?? '')?.[1];
  if (database !== undefined) result.DATABASE_URL = `file:${path.resolve(base, database)}`;
  return result;
}

/** Brings `resolveEnvironment` into this process, which the server and every child then share. */
export function loadEnvironment() {
  const byOurNpm = process.env.npm_package_json === inRoot('package.json');
  const standing = (byOurNpm && process.env.INIT_CWD) || process.cwd();
  const resolved = resolveEnvironment(process.env, { file: readIfThere(inRoot('.env')), standing, root });
  const settings = inRoot('config', 'setting.toml');
  // Only when it is there: a file that is named must exist, the usual one need not.
  if (resolved.CONFIG_FILE === undefined && fs.statSync(settings, { throwIfNoEntry: false })?.isFile()) {
    resolved.CONFIG_FILE = settings;
  }
  Object.assign(process.env, resolved);
  return { dataDir: resolved.DATA_DIR ?? inRoot('data') };
}

/**
 * Where to listen: HOST and PORT, else `[server]` of the settings file, else every address and port 8000.
 * The packages must be installed. What the file has wrong there, the program says when it starts.
 */
export async function whereToListen() {
  const { HOST: host, PORT: port, CONFIG_FILE: file } = process.env;
  const server = file ? await serverTable(readIfThere(file) ?? '') : {};
  return {
    host: host || server.host || '0.0.0.0',
    port: parsePort(port || String(server.port ?? 8_000)),
  };
}

/**
 * @param {string} toml
 * @returns {Promise<{ host?: string, port?: number }>}
 */
async function serverTable(toml) {
  const { parse } = await import('smol-toml');
  try {
    const { server } = parse(toml.replace(/^\uFEFF/, ''));
    if (typeof server !== 'object' || !('port' in server || 'host' in server)) return {};
    const { host, port } = server;
    return {
      ...(typeof host === 'string' ? { host } : {}),
      ...(typeof port === 'number' ? { port } : {}),
    };
  } catch {
    return {};
  }
}

const ownNames =
  /^(HOST|HOSTNAME|PORT|DATA_DIR|CONFIG_FILE|DATABASE_URL|SECRET_KEY.*|PUBLIC_URL|API_KEY|ADMIN_.*|MEDIA_STORE|FFMPEG_PATH|S3_.*|TRUSTED_PROXIES|LOG_.*|FLOW_.*|GEMINI_.*|PROXY_.*|NEXTAUTH_.*)$/;

/**
 * Overrides that take the program's own variables out of the shell's environment, so that a test run means the
 * same in every shell.
 */
export const withoutOwnVariables = () =>
  Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => ownNames.test(name))
      .map((name) => [name, undefined]),
  );
