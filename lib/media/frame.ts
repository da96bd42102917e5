import { type ChildProcess, spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';

/** What a look into a video gave: a frame as PNG, or why there is none. `missing`: the program is not there. */
export type Frame = { type: 'frame'; png: Buffer } | { type: 'missing' } | { type: 'failed'; error: Error };

const timeoutMs = 20_000;
/** How long the output may stay open once ffmpeg has ended: what it started may have it open for ever. */
const closeMs = 500;
const maxFrameBytes = 8_000_000;
const maxMessageBytes = 2_000;
/** The reader is named, so that no content makes ffmpeg take the file for a playlist that leads elsewhere. */
const readers: Readonly<Record<string, string>> = { 'video/mp4': 'mov', 'video/webm': 'matroska' };

/**
 * Takes the most telling of the first frames out of a video, with ffmpeg, at most `side` pixels wide and high. Never
 * throws but for the signal's reason, and never takes longer than `limitMs`, whatever becomes of the program.
 */
export async function takeFrame(
  program: string,
  video: { path: string; contentType: string; side: number },
  signal: AbortSignal,
  limitMs = timeoutMs,
): Promise<Frame> {
  const reader = readers[video.contentType];
  if (reader === undefined) return { type: 'failed', error: new Error(`no reader for ${video.contentType}`) };
  signal.throwIfAborted();
  const child = spawn(
    program,
    [
      ...['-hide_banner', '-loglevel', 'error', '-nostdin', '-protocol_whitelist', 'file'],
      ...['-threads', '1', '-f', reader, '-i', video.path, '-map', '0:v:0', '-an', '-frames:v', '1'],
      ...['-vf', `thumbnail=24,scale=${video.side}:${video.side}:force_original_aspect_ratio=decrease`],
      ...['-c:v', 'png', '-f', 'image2pipe', '-protocol_whitelist', 'pipe', 'pipe:1'],
    ],
    // A group of its own, so that what it starts ends with it; Windows has none.
    { stdio: ['ignore', 'pipe', 'pipe'], detached: !isWindows },
  );
  yieldTo(child.pid);
  return new Promise((resolve, reject) => {
    const frame: Buffer[] = [];
    let frameBytes = 0;
    let message = '';
    let closing: NodeJS.Timeout | undefined;
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      clearTimeout(limit);
      clearTimeout(closing);
      signal.removeEventListener('abort', giveUp);
      kill(child);
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const settle = (outcome: Frame) => {
      end();
      resolve(outcome);
    };
    const fail = (how: string) =>
      settle({
        type: 'failed',
        error: new Error(`ffmpeg gave no frame (${how}): ${message.slice(0, 500)}`),
      });
    const giveUp = () => {
      end();
      reject(signal.reason);
    };
    const finish = (code: number | null, killedBy: NodeJS.Signals | null) => {
      if (code === 0 && frameBytes > 0) settle({ type: 'frame', png: Buffer.concat(frame) });
      else fail(killedBy === null ? `exit ${code}` : `killed by ${killedBy}`);
    };
    const limit = setTimeout(() => fail(`not within ${limitMs} ms`), limitMs);
    signal.addEventListener('abort', giveUp, { once: true });
    child.stdout.on('data', (chunk: Buffer) => {
      frame.push(chunk);
      frameBytes += chunk.byteLength;
      if (frameBytes > maxFrameBytes) fail('too large a frame');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (message.length < maxMessageBytes) message += chunk.toString('utf8');
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      const isMissing = error.code === 'ENOENT' || error.code === 'EACCES';
      settle(isMissing ? { type: 'missing' } : { type: 'failed', error });
    });
    child.once('close', finish);
    child.once('exit', (code, killedBy) => {
      closing = setTimeout(() => finish(code, killedBy), closeMs);
    });
  });
}

const isWindows = process.platform === 'win32';

/** Ends it with all that it has started. */
function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (isWindows) child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // All of it has ended already.
  }
}

/** Requests come before previews. */
function yieldTo(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, or this system has no priorities.
  }
}
