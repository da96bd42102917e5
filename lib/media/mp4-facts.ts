/** Gives a part of a file: from `start`, at most `length` bytes. */
type ReadPart = (start: number, length: number) => Promise<Uint8Array>;

const maxBoxes = 64; // of the file itself; a video has about five
const maxMovieBytes = 16 * 1024 * 1024;

/** Pixels as a video is shown. `seconds`: its length, where the file says it. */
type Mp4Facts = { width: number; height: number; seconds?: number };

/**
 * What the headers of an MP4 video say of it (ISO/IEC 14496-12, 8.2 and 8.3). `undefined` for what is no such file, or has
 * no picture.
 */
export async function readMp4(read: ReadPart, sizeBytes: number): Promise<Mp4Facts | undefined> {
  let start = 0;
  for (let count = 0; count < maxBoxes && start + 8 <= sizeBytes; count += 1) {
    const box = parseBox(viewOf(await read(start, 16)), 0, sizeBytes - start);
    if (box === undefined) return undefined;
    if (box.type === 'moov') {
      if (box.length > maxMovieBytes) return undefined;
      const movie = viewOf(await read(start + box.header, box.length - box.header));
      const size = findSize(movie);
      const seconds = findSeconds(movie);
      return size === undefined ? undefined : { ...size, ...(seconds === undefined ? {} : { seconds }) };
    }
    start += box.length;
  }
  return undefined;
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  new DataView(buffer, byteOffset, byteLength);

type Box = { type: string; header: number; length: number };

/** The box at that place. `left`: how many bytes there are from its start on. */
function parseBox(view: DataView, at: number, left: number): Box | undefined {
  if (view.byteLength - at < 8) return undefined;
  const type = String.fromCharCode(...[4, 5, 6, 7].map((offset) => view.getUint8(at + offset)));
  const said = view.getUint32(at);
  if (said === 1 && view.byteLength - at < 16) return undefined;
  const header = said === 1 ? 16 : 8;
  // 0: up to the end; 1: the length stands behind the type.
  const long = said === 1 ? Number(view.getBigUint64(at + 8)) : said;
  const length = said === 0 ? left : long;
  return length < header || length > left ? undefined : { type, header, length };
}

function* boxesIn(view: DataView): Generator<{ type: string; content: DataView }> {
  let at = 0;
  while (at < view.byteLength) {
    const box = parseBox(view, at, view.byteLength - at);
    if (box === undefined) return;
    const start = view.byteOffset + at + box.header;
    yield { type: box.type, content: new DataView(view.buffer, start, box.length - box.header) };
    at += box.length;
  }
}

/** The largest track: sound has none. */
function findSize(movie: DataView): { width: number; height: number } | undefined {
  let largest: { width: number; height: number } | undefined;
  for (const track of boxesIn(movie)) {
    if (track.type !== 'trak') continue;
    for (const { type, content } of boxesIn(track.content)) {
      const size = type === 'tkhd' ? parseTrackHeader(content) : undefined;
      if (size === undefined || size.width * size.height === 0) continue;
      if (largest === undefined || size.width * size.height > largest.width * largest.height) largest = size;
    }
  }
  return largest;
}

/** Of the movie header. None, all zeros or all ones: the file does not say it. */
function findSeconds(movie: DataView): number | undefined {
  for (const { type, content } of boxesIn(movie)) {
    if (type !== 'mvhd') continue;
    const isLong = content.byteLength > 0 && content.getUint8(0) === 1;
    if (content.byteLength < (isLong ? 32 : 20)) return undefined;
    const scale = content.getUint32(isLong ? 20 : 12);
    const duration = isLong ? Number(content.getBigUint64(24)) : content.getUint32(16);
    const isUnknown = duration >= (isLong ? 2 ** 63 : 2 ** 32 - 1);
    return scale === 0 || duration === 0 || isUnknown ? undefined : duration / scale;
  }
  return undefined;
}

/** Matrix and size end the box, whatever its version; a matrix without its diagonal turns the picture on its side. */
function parseTrackHeader(content: DataView): { width: number; height: number } | undefined {
  const end = content.byteLength;
  if (end < 84) return undefined;
  const isTurned = content.getInt32(end - 44) === 0;
  const [width, height] = [content.getUint32(end - 8) >>> 16, content.getUint32(end - 4) >>> 16];
  return isTurned ? { width: height, height: width } : { width, height };
}
