import { createRequire } from 'node:module';
import sharp from 'sharp';
import { createNumbers } from './ids';
import type { Media } from './state';

// The font comes with a package, so that pictures look the same where no system fonts are.
const require = createRequire(import.meta.url);
const fontFile = require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');
const longestPrompt = 280;
const mostThumbnails = 10;

type Layer = { input: Buffer; left: number; top: number };
type Picture = Pick<
  Media,
  'width' | 'height' | 'seed' | 'prompt' | 'modelKey' | 'aspectRatio' | 'references' | 'thumbnail' | 'origin'
>;

/** A soft gradient by the seed with the prompt, the parameters and the references on it. */
export async function drawPicture(picture: Picture, format: 'png' | 'jpeg'): Promise<Buffer> {
  const { width, height } = picture;
  if (picture.origin === 'upload' && picture.thumbnail !== undefined) {
    return sharp(picture.thumbnail).resize(width, height, { fit: 'fill' }).jpeg().toBuffer();
  }
  const layers = [
    await drawPrompt(picture),
    await drawParameters(picture),
    ...(await drawReferences(picture)),
  ];
  const drawn = sharp(Buffer.from(backgroundSvg(picture)))
    .flatten()
    .composite(layers)
    // Text layers bring an alpha channel, which upstream's pictures do not have.
    .removeAlpha();
  return format === 'jpeg'
    ? drawn.jpeg({ quality: 90 }).toBuffer()
    : drawn.png({ compressionLevel: 6 }).toBuffer();
}

function backgroundSvg({ width, height, seed }: Picture): string {
  const number = createNumbers(seed + 1);
  const hue = Math.floor(number() * 360);
  const color = (turn: number, light: number) => `hsl(${(hue + turn) % 360}, 55%, ${light}%)`;
  const blobs = [30, 70, 320].map((turn, index) => {
    const x = Math.floor(number() * width);
    const y = Math.floor(number() * height);
    const radius = Math.floor((0.3 + number() * 0.3) * Math.max(width, height));
    return `<radialGradient id="b${index}"><stop offset="0" stop-color="${color(turn, 52)}" stop-opacity="0.8"/>
      <stop offset="1" stop-color="${color(turn, 52)}" stop-opacity="0"/></radialGradient>
      <circle cx="${x}" cy="${y}" r="${radius}" fill="url(#b${index})"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <linearGradient id="g" x1="0" y1="0" x2="1" y2="1">
      <stop offset="0" stop-color="${color(0, 22)}"/><stop offset="1" stop-color="${color(50, 38)}"/>
    </linearGradient>
    <rect width="100%" height="100%" fill="url(#g)"/>${blobs.join('')}
    <linearGradient id="f" x1="0" y1="0" x2="0" y2="1">
      <stop offset="0.5" stop-opacity="0"/><stop offset="1" stop-opacity="0.35"/>
    </linearGradient>
    <rect width="100%" height="100%" fill="url(#f)"/>
  </svg>`;
}

async function drawPrompt({ width, height, prompt }: Picture): Promise<Layer> {
  const margin = Math.round(width * 0.07);
  const isShort = prompt.length < 60;
  const isLong = prompt.length > longestPrompt;
  const input = await drawText(isLong ? `${prompt.slice(0, longestPrompt)}…` : prompt, {
    size: Math.round(Math.min(width, height) * (isShort ? 0.055 : 0.036)),
    width: width - 2 * margin,
    height: Math.round(height * 0.55),
  });
  return { input, left: margin, top: Math.round(height * 0.12) };
}

async function drawParameters(picture: Picture): Promise<Layer> {
  const { width, height } = picture;
  const margin = Math.round(width * 0.07);
  const ratio = picture.aspectRatio
    .replace(/^(IMAGE|VIDEO)_ASPECT_RATIO_/, '')
    .toLowerCase()
    .replaceAll('_', ' ');
  const count = picture.references.length;
  const references = count === 0 ? [] : [`${count} ${count === 1 ? 'reference' : 'references'}`];
  const line = [picture.modelKey, ratio, `seed ${picture.seed}`, ...references].join('  ·  ');
  const size = Math.max(10, Math.round(Math.min(width, height) * 0.02));
  const input = await drawText(line, { size, width: width - 2 * margin, height: size * 4 });
  return { input, left: margin, top: height - margin };
}

async function drawText(text: string, box: { size: number; width: number; height: number }): Promise<Buffer> {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const drawn = await sharp({
    text: {
      text: `<span foreground="white">${escaped === '' ? ' ' : escaped}</span>`,
      font: `DejaVu Sans ${box.size}`,
      fontfile: fontFile,
      width: box.width,
      // With 72 dots per inch a point is a pixel.
      dpi: 72,
      rgba: true,
      wrap: 'word-char',
    },
  })
    .png()
    .toBuffer({ resolveWithObject: true });
  const isInside = drawn.info.width <= box.width && drawn.info.height <= box.height;
  if (isInside) return drawn.data;
  const width = Math.min(drawn.info.width, box.width);
  const height = Math.min(drawn.info.height, box.height);
  return sharp(drawn.data).extract({ left: 0, top: 0, width, height }).png().toBuffer();
}

/** The references as a row of small squares, each a true picture of what was given. */
async function drawReferences({ width, height, references }: Picture): Promise<Layer[]> {
  const shown = references.slice(0, mostThumbnails);
  const margin = Math.round(width * 0.07);
  const gap = Math.round(width * 0.012);
  const room = Math.floor(
    (width - 2 * margin - gap * Math.max(0, shown.length - 1)) / Math.max(1, shown.length),
  );
  const side = Math.min(room, Math.round(Math.min(width, height) * 0.18));
  const top = Math.round(height - margin - side - gap * 2);
  return Promise.all(
    shown.map(async (reference, index) => ({
      input: await drawThumbnail(reference, side),
      left: margin + index * (side + gap),
      top,
    })),
  );
}

async function drawThumbnail(reference: Media, side: number): Promise<Buffer> {
  const source = reference.thumbnail ?? (await drawPicture({ ...reference, references: [] }, 'jpeg'));
  const frame = Math.max(2, Math.round(side * 0.02));
  return sharp(source)
    .resize(side - 2 * frame, side - 2 * frame, { fit: 'cover' })
    .extend({ top: frame, bottom: frame, left: frame, right: frame, background: 'white' })
    .png()
    .toBuffer();
}
