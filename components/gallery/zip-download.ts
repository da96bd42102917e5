import { zipMedia } from '@/lib/admin-api/media';

/** Where the answer goes: a file is saved from there, a refusal is read from there. */
export const zipFrameName = 'zip-download';

/** Asks for the archive by a form, so that the browser itself writes it to the disk as it comes. */
export function requestZip(ids: readonly string[]): void {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = zipMedia.path;
  form.target = zipFrameName;
  form.hidden = true;
  for (const id of ids) {
    const field = document.createElement('input');
    field.type = 'hidden';
    field.name = 'ids';
    field.value = id;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
  form.remove();
}

/** The message of a refusal that came into the frame; `undefined` where there is none. */
export function refusalIn(frame: HTMLIFrameElement): string | undefined {
  try {
    const answer: unknown = JSON.parse(frame.contentDocument?.body.textContent ?? '');
    const error =
      typeof answer === 'object' && answer !== null && 'error' in answer ? answer.error : undefined;
    return typeof error === 'object' && error !== null && 'message' in error
      ? String(error.message)
      : undefined;
  } catch {
    return undefined; // no JSON, or a page of something in between
  }
}
