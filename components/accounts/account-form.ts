import { z } from 'zod';
import { addAccount, checkAccount, editAccount } from '@/lib/admin-api/accounts';

/** The limit that was typed: nothing is unlimited (null), and what is no number is left for the contract to refuse. */
const parseConcurrency = (text: string): number | null => (text.trim() === '' ? null : Number(text));

export const spellConcurrency = (limit: number | null): string => (limit === null ? '' : String(limit));

const concurrency = z
  .string()
  .transform(parseConcurrency)
  .pipe(editAccount.body.shape.image_concurrency.unwrap());

const use = {
  remark: addAccount.body.shape.remark.unwrap(),
  project_id: addAccount.body.shape.project_id.unwrap(),
  image_enabled: z.boolean(),
  video_enabled: z.boolean(),
  image_concurrency: concurrency,
  video_concurrency: concurrency,
};

const proxy = checkAccount.body.shape.proxy_url.unwrap();

/** Step 1 of adding an account. */
export const tokenForm = z.object({ session_token: checkAccount.body.shape.session_token, proxy_url: proxy });
export type TokenForm = z.input<typeof tokenForm>;

/** Step 2: how it is used. */
export const detailsForm = z.object(use);

/** What is edited of an account. */
export const editForm = z.object({ ...use, proxy_url: proxy });
export type EditForm = z.input<typeof editForm>;

/** What differs between two readings of a form. */
export function changesBetween<Values extends object>(before: Values, after: Values): Partial<Values> {
  const keys = Object.keys(after) as (keyof Values)[];
  const changed = keys.filter((key) => before[key] !== after[key]);
  return Object.fromEntries(changed.map((key) => [key, after[key]])) as Partial<Values>;
}

const choice = z.enum(['keep', 'on', 'off']);

/** What is set on many accounts at once; a limit only where its box is ticked. */
export const bulkEditForm = z.object({
  image_switch: choice,
  video_switch: choice,
  sets_image_limit: z.boolean(),
  sets_video_limit: z.boolean(),
  image_concurrency: concurrency,
  video_concurrency: concurrency,
});
export type BulkEditForm = z.input<typeof bulkEditForm>;

/** What is sent: nothing of what stays as it is. */
export function toBulkChanges(form: BulkEditForm) {
  return {
    ...(form.image_switch === 'keep' ? {} : { image_enabled: form.image_switch === 'on' }),
    ...(form.video_switch === 'keep' ? {} : { video_enabled: form.video_switch === 'on' }),
    ...(form.sets_image_limit ? { image_concurrency: parseConcurrency(form.image_concurrency) } : {}),
    ...(form.sets_video_limit ? { video_concurrency: parseConcurrency(form.video_concurrency) } : {}),
  };
}
