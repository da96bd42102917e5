import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { parseProxyUrl } from '@/config/proxy-url';
import type { SettingKey, Settings } from '@/config/settings-schema';
import { findSingleKey, replaceSingleKey } from '../api-keys/single';
import { GatewayError } from '../errors';
import { editedMask, hideCredentials, holdsMask } from '../proxy-mask';
import { testProxy } from '../proxy-test';
import { ownOrigin, publicOrigin } from '../route/public-origin';
import type { SeedCall } from '../route/seed-route';
import type { Runtime } from '../runtime';
import { changeSettingRows } from '../settings-form';
import {
  type adminConfigBody,
  type apiKeyBody,
  type cacheBaseUrlBody,
  type cacheBody,
  type cacheEnabledBody,
  type callLogicBody,
  type debugBody,
  type generationBody,
  mask,
  type pluginBody,
  type proxyBody,
  type proxyTestBody,
} from './shapes';

const saved = { success: true, message: 'Saved.' };

/** Saves what is given and is another value: null and undefined leave a setting alone. */
async function save(
  runtime: Runtime,
  { actor }: Pick<SeedCall, 'actor'>,
  wanted: { [Key in SettingKey]?: Settings[Key] | null | undefined },
): Promise<void> {
  const current: Record<string, unknown> = runtime.settings.current();
  const changes = Object.entries(wanted).flatMap(([key, value]) =>
    value === null || value === undefined || value === current[key] ? [] : [{ key, value }],
  );
  if (changes.length > 0) await changeSettingRows(runtime, changes, actor);
}

// Proxies -------------------------------------------------------------------------------------------------------------

const orNull = (proxyUrl: string): string | null => (proxyUrl === '' ? null : hideCredentials(proxyUrl));

const readProxies = ({ settings }: Runtime) => {
  const current = settings.current();
  return {
    enabled: current['proxy.enabled'],
    proxy_url: orNull(current['proxy.url']),
    media_proxy_enabled: current['proxy.media_enabled'],
    media_proxy_url: orNull(current['proxy.media_url']),
  };
};

export const readProxy = async (runtime: Runtime) => ({ success: true, config: readProxies(runtime) });

/** The same as the predecessor's page asked for it. */
export async function readProxyFlat(runtime: Runtime) {
  const { enabled: proxy_enabled, ...rest } = readProxies(runtime);
  return { success: true, proxy_enabled, ...rest };
}

/** An address that cannot be read is told as the predecessor does, with status 200. */
export async function saveProxy(runtime: Runtime, call: SeedCall<z.output<typeof proxyBody>>) {
  const { body } = call;
  const current = runtime.settings.current();
  const url = decodeProxyUrl(body.proxy_url, current['proxy.url']);
  const mediaUrl = decodeProxyUrl(body.media_proxy_url, current['proxy.media_url']);
  if (url === 'edited_mask' || mediaUrl === 'edited_mask') return { success: false, message: editedMask };
  if (url === 'unreadable' || mediaUrl === 'unreadable') {
    return { success: false, message: 'Use http://, https:// or socks5://host:port.' };
  }
  await save(runtime, call, {
    'proxy.enabled': body.proxy_enabled,
    'proxy.url': url,
    'proxy.media_enabled': body.media_proxy_enabled,
    'proxy.media_url': mediaUrl,
  });
  return saved;
}

/** Absent or as it was shown: as it is. Null: none. */
function decodeProxyUrl(text: string | null | undefined, saved: string): string | undefined {
  if (text === undefined) return undefined;
  if (text !== null && holdsMask(text)) {
    return text.trim() === hideCredentials(saved) ? undefined : 'edited_mask';
  }
  return parseProxyUrl(text ?? '') ?? 'unreadable';
}

/** Calls the upstream's own host through the proxy, whatever address was given: it is no way to look around. */
export async function tryProxy(runtime: Runtime, call: SeedCall<z.output<typeof proxyTestBody>>) {
  const { proxy_url: url, timeout_seconds: seconds } = call.body;
  const isMediaProxy = holdsMask(url) && url.trim() === orNull(runtime.settings.current()['proxy.media_url']);
  const key = isMediaProxy ? 'proxy.media_url' : 'proxy.url';
  const test = await testProxy(runtime, { key, url, timeoutMs: seconds * 1_000 }, call.signal);
  const { origin } = new URL(runtime.settings.current()['flow.labs_base_url']);
  const isFine = test.code !== null && test.code < 400;
  const answered = `${test.target} answered with ${test.code} in ${test.elapsed_ms} ms.`;
  return {
    success: isFine,
    message: test.code === null ? (test.message ?? 'There was no answer.') : answered,
    test_url: `${origin}/`,
    final_url: `${origin}/`,
    status_code: test.code,
    elapsed_ms: test.elapsed_ms,
  };
}

// Generation ----------------------------------------------------------------------------------------------------------

export async function readGeneration({ settings }: Runtime) {
  const current = settings.current();
  return {
    success: true,
    config: {
      image_timeout: current['generation.image_timeout'],
      video_timeout: current['generation.video_timeout'],
      max_retries: current['generation.max_attempts'],
    },
  };
}

export async function saveGeneration(runtime: Runtime, call: SeedCall<z.output<typeof generationBody>>) {
  await save(runtime, call, {
    'generation.image_timeout': call.body.image_timeout,
    'generation.video_timeout': call.body.video_timeout,
    'generation.max_attempts': call.body.max_retries,
  });
  return saved;
}

const strategies: Readonly<Record<string, Settings['routing.strategy']>> = {
  default: 'random_least_loaded',
  polling: 'round_robin',
};

export async function readCallLogic({ settings }: Runtime) {
  const isPolling = settings.current()['routing.strategy'] === 'round_robin';
  return {
    success: true,
    config: { call_mode: isPolling ? 'polling' : 'default', polling_mode_enabled: isPolling },
  };
}

export async function saveCallLogic(runtime: Runtime, call: SeedCall<z.output<typeof callLogicBody>>) {
  const mode = call.body.call_mode;
  const strategy = Object.hasOwn(strategies, mode) ? strategies[mode] : undefined;
  if (strategy === undefined) throw refused('call_mode must be default or polling.');
  await save(runtime, call, { 'routing.strategy': strategy });
  return { ...saved, ...(await readCallLogic(runtime)) };
}

// Administration ------------------------------------------------------------------------------------------------------

/** The API key as far as it is known: what is stored is a hash and the first and last characters. */
export async function readAdmin(runtime: Runtime, { session }: SeedCall) {
  const current = runtime.settings.current();
  return {
    admin_username: session.username,
    api_key: (await findSingleKey(runtime))?.hint ?? '',
    error_ban_threshold: current['routing.error_threshold'],
    debug_enabled: current['debug.enabled'],
  };
}

export async function saveAdmin(runtime: Runtime, call: SeedCall<z.output<typeof adminConfigBody>>) {
  await save(runtime, call, { 'routing.error_threshold': call.body.error_ban_threshold });
  return saved;
}

export async function saveApiKey(runtime: Runtime, { body, actor }: SeedCall<z.output<typeof apiKeyBody>>) {
  const value = body.new_api_key.trim();
  if (!/^[!-~]{6,200}$/.test(value)) {
    throw refused('Use 6 to 200 letters, digits and signs without spaces.');
  }
  await replaceSingleKey(runtime, value, actor);
  return { success: true, message: 'The API key was replaced.' };
}

export async function saveDebug(runtime: Runtime, call: SeedCall<z.output<typeof debugBody>>) {
  const { enabled } = call.body;
  await save(runtime, call, { 'debug.enabled': enabled });
  return { success: true, message: enabled ? 'The debug file is on.' : 'The debug file is off.', enabled };
}

// Token refresh -------------------------------------------------------------------------------------------------------

const refreshIntervalMinutes = 120;

const refreshConfig = {
  at_auto_refresh_enabled: true,
  protocol_refresh_enabled: false,
  refresh_interval_minutes: refreshIntervalMinutes,
};

export const readTokenRefresh = async () => ({ success: true, config: refreshConfig });

/** There is nothing to change, as at the predecessor's beginnings; the answer says what is. */
export const saveTokenRefresh = async () => ({
  success: true,
  message:
    'Nothing was changed: access tokens are always renewed in time, and session tokens come from the browser extension.',
  config: refreshConfig,
});

// Cache ---------------------------------------------------------------------------------------------------------------

export async function readCache(runtime: Runtime, { request }: SeedCall) {
  const current = runtime.settings.current();
  return {
    success: true,
    config: {
      enabled: current['cache.enabled'],
      timeout: current['cache.lifetime'],
      base_url: current['cache.base_url'] === '' ? null : current['cache.base_url'],
      effective_base_url: publicOrigin(runtime, request),
    },
  };
}

export async function saveCacheEnabled(runtime: Runtime, call: SeedCall<z.output<typeof cacheEnabledBody>>) {
  await save(runtime, call, { 'cache.enabled': call.body.enabled });
  return saved;
}

export async function saveCache(runtime: Runtime, call: SeedCall<z.output<typeof cacheBody>>) {
  const { enabled, timeout, base_url } = call.body;
  const lifetime = timeout ?? undefined;
  if (
    lifetime !== undefined &&
    !(typeof lifetime === 'number' && Number.isInteger(lifetime) && lifetime >= 0)
  ) {
    throw refused('timeout must be a whole number of seconds; 0 keeps files for good.');
  }
  await save(runtime, call, {
    'cache.enabled': enabled,
    'cache.lifetime': lifetime,
    'cache.base_url': base_url?.trim(),
  });
  return saved;
}

export async function saveCacheBaseUrl(runtime: Runtime, call: SeedCall<z.output<typeof cacheBaseUrlBody>>) {
  await save(runtime, call, { 'cache.base_url': call.body.base_url?.trim() ?? '' });
  return saved;
}

// Browser extension ---------------------------------------------------------------------------------------------------

export async function readPlugin(runtime: Runtime, { request }: SeedCall) {
  const current = runtime.settings.current();
  return {
    success: true,
    config: {
      connection_token: current['plugin.connection_token'] === '' ? '' : mask,
      connection_url: `${ownOrigin(runtime, request)}/api/plugin/update-token`,
      auto_enable_on_update: current['plugin.auto_enable_on_update'],
    },
  };
}

const connectionTokenBytes = 32;

/** A token that is made or set now is in this answer and in no later one. */
export async function savePlugin(runtime: Runtime, call: SeedCall<z.output<typeof pluginBody>>) {
  const { connection_token: given, auto_enable_on_update } = call.body;
  const token = given.trim() === '' ? randomBytes(connectionTokenBytes).toString('base64url') : given.trim();
  const isKept = token === mask && runtime.settings.current()['plugin.connection_token'] !== '';
  await save(runtime, call, {
    'plugin.connection_token': isKept ? undefined : token,
    'plugin.auto_enable_on_update': auto_enable_on_update,
  });
  return { ...saved, connection_token: isKept ? mask : token, auto_enable_on_update };
}

const refused = (message: string) => new GatewayError('invalid_request', message);
