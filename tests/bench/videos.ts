import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRunningApp } from '../support/running-app';

/**
 * Many videos at once on three accounts without limits, each followed by a streaming client: how many status calls that
 * takes, and what it costs the gateway. Run by `npm run bench`.
 */
const videos = Number(process.argv[2] ?? 300);
const videoSeconds = 20;
const pollSeconds = 3;
const accounts = 3;

const app = await startRunningApp({
  simulator: { videoDurationMs: videoSeconds * 1_000 },
  env: { FLOW_POLL_INTERVAL: String(pollSeconds), LOG_LEVEL: 'warn' },
});
for (let index = 0; index < accounts; index += 1) await app.addAccount();
await sleep(2_000);
const idle = readProcess(app.pid());
app.simulator.resetStats();

const startedAt = Date.now();
let peakBytes = 0;
const watch = setInterval(() => {
  peakBytes = Math.max(peakBytes, readProcess(app.pid()).residentBytes);
}, 250);

const delivered = await Promise.all(
  Array.from({ length: videos }, async (_, index) => {
    const answer = await fetch(`${app.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${app.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'veo_3_1_t2v_fast_landscape',
        stream: true,
        messages: [{ role: 'user', content: `video ${index}` }],
      }),
    });
    return /\/media\/[a-z0-9]+\.mp4/.test(await answer.text());
  }),
);
const seconds = (Date.now() - startedAt) / 1_000;
clearInterval(watch);
const after = readProcess(app.pid());
const { operations, statusCalls } = app.simulator.stats();

const emails = [...new Set(statusCalls.map(({ account }) => account))];
const rows = emails.map((email) => {
  const calls = statusCalls.filter(({ account }) => account === email);
  const gaps = calls.slice(1).map((call, index) => (call.at - (calls[index]?.at ?? call.at)) / 1_000);
  const largest = Math.max(...calls.map(({ size }) => size));
  return { calls: calls.length, largest, shortestGap: Math.min(...gaps) };
});

console.log(
  `${videos} videos of ${videoSeconds} s at once, ${accounts} accounts without limits, poll interval ${pollSeconds} s`,
);
console.log(
  `delivered             ${delivered.filter(Boolean).length} of ${videos}, in ${seconds.toFixed(1)} s`,
);
console.log(`submits upstream      ${operations.length}`);
for (const [index, { calls, largest, shortestGap }] of rows.entries()) {
  console.log(
    `account ${index + 1}             ${calls} status calls, up to ${largest} videos each, never closer than ${shortestGap.toFixed(2)} s`,
  );
}
console.log(
  `one call a video would have been ${Math.round((videos * videoSeconds) / pollSeconds)} status calls`,
);
console.log(
  `gateway CPU           ${(after.cpuSeconds - idle.cpuSeconds).toFixed(1)} s, ${(((after.cpuSeconds - idle.cpuSeconds) / videos) * 1_000).toFixed(0)} ms a video`,
);
console.log(`gateway memory        ${megabytes(idle.residentBytes)} idle, ${megabytes(peakBytes)} at most`);
await app.stop();

const isFine =
  delivered.every(Boolean) &&
  operations.length === videos &&
  rows.every(({ shortestGap }) => shortestGap > pollSeconds * 0.9);
process.exit(isFine ? 0 : 1);

/** Processor time and memory of a process, from `/proc` (Linux). */
function readProcess(pid: number | undefined): { cpuSeconds: number; residentBytes: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { cpuSeconds: ticks / 100, residentBytes: Number(fields[21]) * 4_096 };
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`;
}
