import sharp from 'sharp';
import { drawPicture } from './draw';
import { createNumbers } from './ids';
import { stampPicture } from './stamp';
import type { Media, World } from './state';

const posterSize = { landscape: { width: 640, height: 360 }, portrait: { width: 360, height: 640 } };
// Drawn pictures are kept while there is room, because clients fetch them soon after; all can be drawn again.
const keptBytes = 48 * 1024 * 1024;
const kept = new WeakMap<World, Map<string, Buffer>>();
const plain = new Map<string, Promise<Buffer>>();

/** The file of a picture: drawn from its prompt and parameters, or plain when drawing is off. */
export async function renderPicture(world: World, media: Media): Promise<Buffer> {
  const format = media.modelKey === 'IMAGEN_3_5' || media.origin === 'upload' ? 'jpeg' : 'png';
  return keepDrawn(world, media.fileId, async () => {
    const picture = world.settings.render
      ? await drawPicture(media, format)
      : await plainPicture({ ...media, format });
    return stampPicture(picture, `media ${media.fileId}`);
  });
}

/** The small JPEG that stands for a video. */
export async function renderPoster(world: World, media: Media): Promise<Buffer> {
  const size = media.width < media.height ? posterSize.portrait : posterSize.landscape;
  return keepDrawn(world, `${media.fileId} poster`, async () => {
    const picture = world.settings.render
      ? await drawPicture({ ...media, ...size }, 'jpeg')
      : await plainPicture({ ...size, seed: media.seed, format: 'jpeg' });
    return stampPicture(picture, `poster ${media.fileId}`);
  });
}

/** A JPEG of the picture, enlarged. */
export async function renderUpsampled(world: World, media: Media, scale: number): Promise<Buffer> {
  const size = { width: media.width * scale, height: media.height * scale };
  if (!world.settings.render) {
    return stampPicture(
      await plainPicture({ ...size, seed: media.seed, format: 'jpeg' }),
      `upsampled ${media.fileId}`,
    );
  }
  const enlarged = await sharp(await renderPicture(world, media))
    .resize(size)
    .jpeg({ quality: 85 })
    .toBuffer();
  return stampPicture(enlarged, `upsampled ${media.fileId}`);
}

async function keepDrawn(world: World, name: string, draw: () => Promise<Buffer>): Promise<Buffer> {
  const pictures = kept.get(world) ?? new Map<string, Buffer>();
  kept.set(world, pictures);
  const known = pictures.get(name);
  if (known !== undefined) return known;
  const drawn = await draw();
  // A plain one costs nothing to make again.
  if (!world.settings.render) return drawn;
  pictures.set(name, drawn);
  let bytes = [...pictures.values()].reduce((sum, picture) => sum + picture.length, 0);
  for (const [oldest, picture] of pictures) {
    if (bytes <= keptBytes) break;
    pictures.delete(oldest);
    bytes -= picture.length;
  }
  return drawn;
}

const shades = 8;

/** One of a few plain pictures of the size, made once. */
function plainPicture(wanted: {
  width: number;
  height: number;
  seed: number;
  format: 'png' | 'jpeg';
}): Promise<Buffer> {
  const { width, height, format } = wanted;
  const shade = wanted.seed % shades;
  const name = `${width}x${height} ${shade} ${format}`;
  const known = plain.get(name);
  if (known !== undefined) return known;
  const number = createNumbers(shade);
  const level = () => 60 + Math.floor(number() * 140);
  const picture = sharp({
    create: { width, height, channels: 3, background: { r: level(), g: level(), b: level() } },
  })
    .toFormat(format)
    .toBuffer();
  plain.set(name, picture);
  return picture;
}
