import type { SettingKey } from './settings-schema';

/** What a key of the predecessor's `setting.toml` means here, by its spelling there. */
export type PredecessorKey =
  /** Another name of a setting. `convert` turns its words into ours; `undefined` is a value that it never had. */
  | { setting: SettingKey; words?: Readonly<Record<string, string>> }
  /** Read and not used; the note ends with the reason. */
  | { ignored: string };

const deadThere = 'it had no effect there either';
const ownTimeouts = 'every upstream call follows flow.timeout, and attempts follow generation.max_attempts';

/**
 * Keys of flow2api (Python), December 2025 to August 2026, that are spelled or meant differently here. Those that are
 * spelled alike (`[flow] timeout`) are settings and need no row. `[table]` stands for all keys of a table.
 */
export const predecessorKeys: Readonly<Record<string, PredecessorKey>> = {
  '[flow] max_retries': { setting: 'generation.max_attempts' },
  '[flow] max_poll_attempts': {
    ignored: 'an accepted video is followed for generation.poll_limit, so none is thrown away',
  },
  '[flow] image_request_timeout': { ignored: ownTimeouts },
  '[flow] image_timeout_retry_count': { ignored: ownTimeouts },
  '[flow] image_timeout_retry_delay': { ignored: ownTimeouts },
  '[flow] image_timeout_use_media_proxy_fallback': {
    ignored: 'the media proxy carries uploads and downloads only',
  },
  '[flow] image_prefer_media_proxy': { ignored: 'the media proxy carries uploads and downloads only' },
  '[flow] image_slot_wait_timeout': { ignored: deadThere },
  '[flow] video_slot_wait_timeout': { ignored: deadThere },
  '[flow] image_launch_soft_limit': { ignored: deadThere },
  '[flow] video_launch_soft_limit': { ignored: deadThere },
  '[flow] image_launch_wait_timeout': { ignored: deadThere },
  '[flow] video_launch_wait_timeout': { ignored: deadThere },
  '[flow] image_launch_stagger_ms': { ignored: deadThere },
  '[flow] video_launch_stagger_ms': { ignored: deadThere },
  '[generation] upsample_timeout': {
    ignored: 'a larger version counts as part of its image, see generation.image_timeout',
  },
  '[proxy] proxy_enabled': { setting: 'proxy.enabled' },
  '[proxy] proxy_url': { setting: 'proxy.url' },
  '[proxy] media_proxy_enabled': { setting: 'proxy.media_enabled' },
  '[proxy] media_proxy_url': { setting: 'proxy.media_url' },
  '[admin] error_ban_threshold': { setting: 'routing.error_threshold' },
  '[call_logic] call_mode': {
    setting: 'routing.strategy',
    words: { default: 'random_least_loaded', polling: 'round_robin' },
  },
  '[cache] timeout': { setting: 'cache.lifetime' },
  '[token_refresh]': { ignored: 'access tokens are always renewed in time, see routing.refresh_before' },
  '[captcha]': { ignored: 'this program does not deal with captchas' },
};

/** What the predecessor shipped in `[cache]`. There it meant "not decided"; here finished files are stored by default. */
export const predecessorCacheDefaults: Readonly<Record<string, unknown>> = {
  '[cache] enabled': false,
  '[cache] timeout': 7_200,
  '[cache] base_url': '',
};

/** Tables and keys that only a file of the predecessor has, in the spelling of `predecessorKeys`. */
export const predecessorMarks: readonly string[] = [
  '[global]',
  '[admin]',
  '[call_logic]',
  '[captcha]',
  '[token_refresh]',
  '[flow] max_retries',
  '[flow] max_poll_attempts',
  '[proxy] proxy_enabled',
  '[proxy] proxy_url',
  '[cache] timeout',
];
