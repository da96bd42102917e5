import type { Picture } from './form';

const taken = ['image/png', 'image/jpeg', 'image/webp'];

/** What the file picker offers. */
export const pictureTypes = taken.join(',');

/** A file as a picture of the form; `undefined` where it is of another kind or too large. */
export async function readPicture(file: File, maxBytes: number): Promise<Picture | undefined> {
  if (!taken.includes(file.type) || file.size > maxBytes || file.size === 0) return undefined;
  const url = await new Promise<string>((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => fail(reader.error);
    reader.readAsDataURL(file);
  });
  return {
    key: crypto.getRandomValues(new Uint32Array(2)).join('-'),
    name: nameOf(file),
    url,
    sizeBytes: file.size,
  };
}

/** What is pasted is often called nothing. */
const nameOf = ({ name, type }: File): string =>
  name === '' ? `image.${type.split('/')[1] ?? 'png'}` : name;

/** The files of a drop or a paste. */
export const filesIn = (data: DataTransfer | null): File[] => [...(data?.files ?? [])];

/** An id for a run: what it makes is made once, however often it is sent. */
export const makeRunId = (): string =>
  `run_${[...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
