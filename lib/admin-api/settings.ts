import { z } from 'zod';
import { defineContract } from './contract';

const value = z.union([z.string(), z.number(), z.boolean()]);

/** One option with everything that a form needs. */
export const settingRow = z.object({
  key: z.string(),
  group: z.string(),
  label: z.string(),
  /** One sentence. */
  help: z.string(),
  kind: z.enum(['whole', 'number', 'flag', 'choice', 'text', 'url', 'proxy_url']),
  /** The value in force; null where it is a secret. */
  value: value.nullable(),
  /** Of a secret: whether there is one. */
  is_set: z.boolean(),
  /** Of a secret that is set: what may be seen of it, with dots in the place of the rest. */
  masked: z.string().nullable(),
  is_secret: z.boolean(),
  /** Changed only after the password was entered again: it decides where tokens are sent or who sees them. */
  needs_password: z.boolean(),
  default: value,
  /** What counts where nothing is saved: of the file, else the default. Null where it is a secret. */
  unsaved_value: value.nullable(),
  unit: z.string().nullable(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  choices: z.array(z.string()).nullable(),
  /** Of a text: the regular expression that it matches, without the white space around it. */
  pattern: z.string().nullable(),
  /** Of a text that is set anew and is not empty. */
  min_length: z.int().nullable(),
  /** What is allowed, as the end of a sentence that begins with "Use". */
  allowed: z.string(),
  source: z.enum(['default', 'file', 'database', 'environment']),
  /** The environment variable that fixes it; null: it can be changed here. */
  locked_by: z.string().nullable(),
  applies_when: z.enum(['now', 'next_request', 'restart']),
  /** Changed since the start, and counts after the next one. */
  awaits_restart: z.boolean(),
  /** Of what is saved; null where nothing is. To be given back with a change. */
  version: z.string().nullable(),
});

export type SettingRow = z.infer<typeof settingRow>;

const settingList = z.object({
  /** In the order of the pages. */
  groups: z.array(z.string()),
  items: z.array(settingRow),
  /** What only the environment or the file says, by the name of the variable; null where neither does. */
  fixed: z.array(z.object({ name: z.enum(['HOST', 'PORT', 'PUBLIC_URL']), value: z.string().nullable() })),
  /** When the debug file ends by itself; null while it is off or kept on. */
  debug_ends_at: z.iso.datetime().nullable(),
});

export type SettingList = z.infer<typeof settingList>;

/** Every option. */
export const listSettings = defineContract({
  method: 'GET',
  path: '/api/v1/admin/settings',
  query: z.object({}),
  body: z.undefined(),
  status: 200,
  output: settingList,
});

const password = z.string('Enter your password.').min(1, 'Enter your password.').max(200);

const change = z.strictObject({
  key: z.string().max(100),
  /** Null forgets what was saved, so that file and default count again. */
  value: value.nullable(),
  /** As it was read. Where another is saved by now nothing changes, and the answer is 409. Absent: in any case. */
  version: z.string().max(100).nullable().optional(),
});

/**
 * Changes and resets options: all that are asked, or none. Answers with every option. The value of a secret as it is
 * shown means "as it is". An option that `needs_password` is changed after the password was entered again, which holds
 * for five minutes: without it, and later, the answer is 403 `password_required`.
 */
export const changeSettings = defineContract({
  method: 'PATCH',
  path: '/api/v1/admin/settings',
  query: z.object({}),
  body: z.strictObject({
    changes: z
      .array(change)
      .min(1, 'Name at least one setting.')
      .max(200)
      .refine((changes) => new Set(changes.map(({ key }) => key)).size === changes.length, {
        error: 'Name each setting once.',
      }),
    password: password.optional(),
  }),
  status: 200,
  refuses: [409, 429],
  output: settingList,
});

/** `details` of the 409 of `changeSettings`. The values of secrets are null. */
export const settingConflicts = z.object({
  conflicts: z.array(
    z.object({
      key: z.string(),
      mine: value.nullable(),
      theirs: value.nullable(),
      /** To be given with the change to keep mine. */
      version: z.string().nullable(),
    }),
  ),
});

export type SettingConflicts = z.infer<typeof settingConflicts>;

/** Shows a secret option, after the password was entered again; it need not be given for five minutes after that. */
export const revealSetting = defineContract({
  method: 'POST',
  path: '/api/v1/admin/settings/reveal',
  query: z.object({}),
  body: z.strictObject({
    key: z.string().max(100),
    password: password.optional(),
  }),
  status: 200,
  refuses: [404, 429],
  output: z.object({ key: z.string(), value: z.string() }),
});

/** Calls the upstream's host through a proxy, saved or not, and says what came of it. */
export const testProxy = defineContract({
  method: 'POST',
  path: '/api/v1/admin/settings/proxy/test',
  query: z.object({}),
  body: z.strictObject({
    key: z.enum(['proxy.url', 'proxy.media_url']).default('proxy.url'),
    /** Absent: the saved one. */
    url: z.string().max(2_000).optional(),
  }),
  status: 200,
  output: z.object({
    /** Any answer of the target counts, whatever its status. */
    is_reachable: z.boolean(),
    /** Status of the answer; null without one. */
    code: z.int().nullable(),
    elapsed_ms: z.int(),
    /** The host that was called. */
    target: z.string(),
    /** What went wrong; null where nothing did. */
    message: z.string().nullable(),
  }),
});
