import { createHash } from 'node:crypto';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openDiskStore } from './disk-store';
import type { MediaStore } from './store';

let root: string;
let store: MediaStore;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'flow2api-media-'));
  store = await openDiskStore(root);
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function* chunks(...parts: (string | Uint8Array)[]) {
  for (const part of parts) yield typeof part === 'string' ? new TextEncoder().encode(part) : part;
}
const put = (key: string, ...parts: (string | Uint8Array)[]) =>
  store.write(key, chunks(...parts), { durable: false });
const textOf = async (key: string, range?: { start: number; end: number }) =>
  new Response((await store.open(key, range))?.body).text();
const incoming = () => readdir(join(root, '.incoming'));
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('writing', () => {
  test.each([false, true])('gives size, hash and head (durable: %s)', async (durable) => {
    const stored = await store.write('ab/x.png', chunks('hello ', 'world'), { durable });
    expect(stored).toEqual({
      sizeBytes: 11,
      sha256: sha256('hello world'),
      head: Buffer.from('hello world'),
    });
    expect(await textOf('ab/x.png')).toBe('hello world');
  });

  test('gives no more of the head than a type needs', async () => {
    const stored = await put('ab/x.png', new Uint8Array(4_000), new Uint8Array(4_000));
    expect(stored.head.byteLength).toBe(4_100);
  });

  test('a body that fails leaves nothing', async () => {
    async function* broken() {
      yield new Uint8Array(10);
      throw new Error('cut off');
    }
    await expect(store.write('ab/x.png', broken(), { durable: false })).rejects.toThrow('cut off');
    expect(await store.find('ab/x.png')).toBeUndefined();
    expect(await incoming()).toEqual([]);
  });

  test('a body that is too large is refused and leaves nothing', async () => {
    const write = store.write('ab/x.png', chunks('hello ', 'world'), { durable: false, maxBytes: 10 });
    await expect(write).rejects.toMatchObject({ code: 'request_too_large' });
    expect(await incoming()).toEqual([]);
  });

  test('a body of exactly the limit is taken', async () => {
    const stored = await store.write('ab/x.png', chunks('0123456789'), { durable: false, maxBytes: 10 });
    expect(stored.sizeBytes).toBe(10);
  });

  test('many at once into folders that come and go all arrive', async () => {
    const work = Array.from({ length: 60 }, async (_, index) => {
      const key = `aa/${index % 2 === 0 ? 'kept' : 'gone'}${index}.png`;
      await put(key, `${index}`);
      if (index % 2 === 1) await store.delete(key);
    });
    await Promise.all(work);
    expect((await store.usage()).files).toBe(30);
  });

  test('a folder that is removed again and again while it is made costs no file', async () => {
    const work = Array.from({ length: 4 }, async (_, writer) => {
      for (let index = 0; index < 1_000; index += 1) {
        const key = `inputs/job${writer}x${index}/0`;
        await put(key, 'x');
        await store.delete(key);
      }
    });
    await Promise.all(work);
    expect((await store.usage()).files).toBe(0);
  }, 60_000);
});

describe('keys', () => {
  test.each([
    '../x',
    'a/../../x',
    '/etc/passwd',
    'A.png',
    'a//b',
    'a/.hidden',
    '.incoming/x',
    '',
    'a b',
    'a\\b',
    'a/',
  ])('%j is none', async (key) => {
    await expect(put(key, 'x')).rejects.toMatchObject({ code: 'internal_error' });
    await expect(store.open(key)).rejects.toMatchObject({ code: 'internal_error' });
  });
});

describe('reading', () => {
  test.each([
    ['the whole', undefined, '0123456789'],
    ['a part', { start: 2, end: 4 }, '234'],
    ['one byte', { start: 9, end: 9 }, '9'],
  ])('%s', async (_what, range, text) => {
    await put('ab/x.png', '0123456789');
    expect(await textOf('ab/x.png', range)).toBe(text);
  });

  test('an empty file is empty', async () => {
    await put('ab/x.png');
    expect(await textOf('ab/x.png')).toBe('');
  });

  test('what is not there is undefined', async () => {
    expect(await store.open('ab/x.png')).toBeUndefined();
    expect(await store.find('ab/x.png')).toBeUndefined();
    expect(await store.read('ab/x.png')).toBeUndefined();
  });

  test('a file that is removed meanwhile is read to its end', async () => {
    const content = new Uint8Array(2_000_000).fill(7);
    await put('ab/x.mp4', content);
    const reader = (await store.open('ab/x.mp4'))?.body.getReader();
    let sizeBytes = (await reader?.read())?.value?.byteLength ?? 0;
    await store.delete('ab/x.mp4');
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
      sizeBytes += next.value.byteLength;
    }
    expect(sizeBytes).toBe(content.byteLength);
  });

  test('a file is being read from its opening to the last read, or until the reader leaves', async () => {
    await put('ab/x.mp4', new Uint8Array(2_000_000));
    const whole = await store.open('ab/x.mp4');
    expect(store.isBeingRead('ab/x.mp4')).toBe(true);
    await new Response(whole?.body).arrayBuffer();
    expect(store.isBeingRead('ab/x.mp4')).toBe(false);

    const reader = (await store.open('ab/x.mp4'))?.body.getReader();
    await reader?.read();
    expect(store.keysBeingRead()).toEqual(['ab/x.mp4']);
    await reader?.cancel();
    expect(store.isBeingRead('ab/x.mp4')).toBe(false);

    await (await store.open('ab/x.mp4'))?.body.cancel();
    expect(store.isBeingRead('ab/x.mp4')).toBe(false);
    expect(await store.open('ab/none.mp4')).toBeUndefined();
    expect(store.isBeingRead('ab/none.mp4')).toBe(false);
  });

  test('a file that was opened for a reader who never begins is let go', async () => {
    await put('ab/x.mp4', 'hello');
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      await store.open('ab/x.mp4');
      expect(store.isBeingRead('ab/x.mp4')).toBe(true);
      vi.advanceTimersByTime(60_000);
      expect(store.isBeingRead('ab/x.mp4')).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });

  test('a file is lent as a path, and is being read meanwhile', async () => {
    await put('ab/x.mp4', 'hello');
    const seen = await store.lend('ab/x.mp4', async (path) => ({
      text: await readFile(path, 'utf8'),
      isRead: store.isBeingRead('ab/x.mp4'),
    }));
    expect(seen).toEqual({ text: 'hello', isRead: true });
    expect(store.isBeingRead('ab/x.mp4')).toBe(false);
    expect(await store.lend('ab/none.mp4', () => Promise.resolve('lent'))).toBeUndefined();
  });

  test('a file that is being removed cannot be opened any more', async () => {
    await put('ab/x.mp4', 'hello');
    const removing = store.delete('ab/x.mp4');
    const [opened] = await Promise.all([store.open('ab/x.mp4'), removing]);
    expect(opened).toBeUndefined();
    await put('ab/x.mp4', 'again');
    expect(await textOf('ab/x.mp4')).toBe('again');
  });

  test('a file that became shorter fails instead of ending early', async () => {
    await put('ab/x.mp4', new Uint8Array(2_000_000));
    const opened = await store.open('ab/x.mp4');
    await truncate(join(root, 'ab/x.mp4'), 1_000);
    await expect(new Response(opened?.body).arrayBuffer()).rejects.toThrow();
  });
});

describe('a check of the content', () => {
  const replace = (text: string) => writeFile(join(root, 'ab/x.png'), text);

  test('says no when the content is another', async () => {
    await put('ab/x.png', 'hello');
    const reopened = await openDiskStore(root);
    await replace('jello');
    expect(await reopened.verify('ab/x.png', sha256('hello'))).toBe(false);
  });

  test('says yes after a restart when the content is the same', async () => {
    await put('ab/x.png', 'hello');
    const reopened = await openDiskStore(root);
    expect(await reopened.verify('ab/x.png', sha256('hello'))).toBe(true);
  });

  test('says no for what is not there', async () => {
    expect(await store.verify('ab/x.png', sha256('hello'))).toBe(false);
  });
});

describe('listing', () => {
  test('gives every file below a prefix, and none under way', async () => {
    await put('ab/one.png', '1');
    await put('ab/two.png', '22');
    await put('cd/ef/three.png', '333');
    await writeFile(join(root, '.incoming', 'half'), 'x');
    const keys = async (prefix?: string) => {
      const found: string[] = [];
      for await (const { key } of store.list(prefix)) found.push(key);
      return found.sort();
    };
    expect(await keys()).toEqual(['ab/one.png', 'ab/two.png', 'cd/ef/three.png']);
    expect(await keys('ab/t')).toEqual(['ab/two.png']);
    expect(await keys('cd')).toEqual(['cd/ef/three.png']);
    expect(await store.usage()).toEqual({ files: 3, sizeBytes: 6 });
  });
});

describe('what interrupted writes left', () => {
  test('is removed at the next start once it is old, and not before', async () => {
    await writeFile(join(root, '.incoming', 'old'), 'x');
    await writeFile(join(root, '.incoming', 'young'), 'x');
    const twoHoursAgo = new Date(Date.now() - 7_200_000);
    await utimes(join(root, '.incoming', 'old'), twoHoursAgo, twoHoursAgo);
    await openDiskStore(root);
    expect(await incoming()).toEqual(['young']);
  });
});

describe('removing', () => {
  test('takes the empty folder with it, and leaves the others', async () => {
    await put('inputs/job_1/0', 'x');
    await put('inputs/job_2/0', 'x');
    await store.delete('inputs/job_1/0');
    await store.delete('inputs/job_1/0');
    expect(await readdir(join(root, 'inputs'))).toEqual(['job_2']);
  });
});

test('a store that can be written says so and leaves no trace', async () => {
  expect(await store.writable()).toBe(true);
  expect(await incoming()).toEqual([]);
});

test('a store whose folder is gone says that it cannot be written', async () => {
  await rm(root, { recursive: true });
  expect(await store.writable()).toBe(false);
});

test('what was written is a plain file under its key', async () => {
  await put('ab/x.png', 'hello');
  expect(await readFile(join(root, 'ab/x.png'), 'utf8')).toBe('hello');
});

describe('checking the content', () => {
  test('of a file that is removed meanwhile says no, and fails for nobody', async () => {
    const keys = Array.from({ length: 100 }, (_item, index) => `ab/${index}.png`);
    await Promise.all(keys.map((key) => put(key, key)));
    const other = await openDiskStore(root); // which does not know the hashes yet
    const answers = await Promise.allSettled(
      keys.map(async (key) => {
        const checking = other.verify(key, sha256(key));
        await unlink(join(root, key)); // as another process would
        return checking;
      }),
    );
    expect(answers.filter(({ status }) => status === 'rejected')).toEqual([]);
  });

  test('counts as reading', async () => {
    await put('ab/x.png', 'hello');
    const other = await openDiskStore(root);
    const checking = other.verify('ab/x.png', sha256('hello'));
    expect(other.isBeingRead('ab/x.png')).toBe(true);
    expect(await checking).toBe(true);
    expect(other.isBeingRead('ab/x.png')).toBe(false);
  });
});

describe('what others put into the folder', () => {
  test('is passed over in a listing', async () => {
    await put('ab/x.png', 'hello');
    await mkdir(join(root, 'My Folder'));
    await writeFile(join(root, 'My Folder', 'x.png'), '');
    await writeFile(join(root, 'Thumbs.db'), '');
    await symlink(join(root, 'ab'), join(root, 'link'));
    expect((await store.usage()).files).toBe(1);
  });

  // The superuser may look anywhere.
  test('does not keep the store from opening', async () => {
    const folder = join(root, '.incoming', 'folder');
    await mkdir(folder);
    await utimes(folder, new Date(0), new Date(0));
    await expect(openDiskStore(root)).resolves.toBeDefined();
  });
});
