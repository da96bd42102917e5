import { type Env, type EnvSource, readEnv } from './env';
import { readToml, type TomlFile } from './toml';

/** The environment with what the TOML file adds to it, and the file. Throws a `ConfigError`: the program cannot start. */
export function loadConfig(source?: EnvSource): { env: Env; file: TomlFile } {
  const { path, isExplicit } = readEnv(source).configFile;
  const file = readToml(path, isExplicit);
  return { env: readEnv(source, file.bootstrap), file };
}
