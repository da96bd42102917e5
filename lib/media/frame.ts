import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';

/** What a look into a video gave: a frame as PNG, or why there is none. `missing`: the program is not there. */
export type Frame = { type: 'frame'; png: Buffer } | { type: 'missing' } | { type: 'failed'; error: Error };

const timeoutMs = 20_000;
const maxFrameBytes = 8_000_000;
const maxMessageBytes = 2_000;
/** The reader is named, so that no content makes ffmpeg take the file for a playlist that leads elsewhere. */
const readers: Readonly<Record<string, string>> = { 'video/mp4': 'mov', 'video/webm': 'matroska' };

/**
 * Takes the most telling of the first frames out of a video, with ffmpeg, at most `side` pixels wide and high. Never
 * throws but for the signal's reason.
 */
export async function takeFrame(
  program: string,
  video: { path: string; contentType: string; side: number },
  signal: AbortSignal,
): Promise<Frame> {
  const reader = readers[video.contentType];
  if (reader === undefined) return { type: 'failed', error: new Error(`no reader for ${video.contentType}`) };
  signal.throwIfAborted();
  const process = spawn(
    program,
    [
      ...['-hide_banner', '-loglevel', 'error', '-nostdin', '-protocol_whitelist', 'file'],
      ...['-threads', '1', '-f', reader, '-i', video.path, '-map', '0:v:0', '-an', '-frames:v', '1'],
      ...['-vf', `thumbnail=24,scale=${video.side}:${video.side}:force_original_aspect_ratio=decrease`],
      ...['-c:v', 'png', '-f', 'image2pipe', '-protocol_whitelist', 'pipe', 'pipe:1'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL', timeout: timeoutMs },
  );
  yieldTo(process.pid);
  return new Promise((resolve, reject) => {
    const frame: Buffer[] = [];
    let frameBytes = 0;
    let message = '';
    process.stdout.on('data', (chunk: Buffer) => {
      frame.push(chunk);
      frameBytes += chunk.byteLength;
      if (frameBytes > maxFrameBytes) process.kill('SIGKILL');
    });
    process.stderr.on('data', (chunk: Buffer) => {
      if (message.length < maxMessageBytes) message += chunk.toString('utf8');
    });
    process.once('error', (error: NodeJS.ErrnoException) => {
      if (signal.aborted) reject(signal.reason);
      else if (error.code === 'ENOENT' || error.code === 'EACCES') resolve({ type: 'missing' });
      else resolve({ type: 'failed', error });
    });
    process.once('close', (code, killedBy) => {
      if (signal.aborted) reject(signal.reason);
      else if (code === 0 && frameBytes > 0) resolve({ type: 'frame', png: Buffer.concat(frame) });
      else {
        const how = killedBy === null ? `exit ${code}` : `killed by ${killedBy}`;
        resolve({
          type: 'failed',
          error: new Error(`ffmpeg gave no frame (${how}): ${message.slice(0, 500)}`),
        });
      }
    });
  });
}

/** Requests come before previews. */
function yieldTo(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, or this system has no priorities.
  }
}
