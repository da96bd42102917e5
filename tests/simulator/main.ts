import { parseArgs } from 'node:util';
import type { SimulatorOptions } from './contract';
import { demoAccounts } from './demo-accounts';
import { startSimulator } from './server';

const usage = `node --import tsx tests/simulator/main.ts [options]

  --port <number>                 default 0: any free port of 127.0.0.1
  --era 2025-12|2026-08           default 2026-08
  --demo                          three accounts (free, Pro, Ultra) and times that can be watched
  --image-latency-ms <number>     --video-duration-ms <number>   --upscale-duration-ms <number>
  --concatenation-duration-ms <n> --latency-ms <number>          --listing-delay-ms <number>
  --listing on|withheld|empty     --seed <number>                --no-render
  --until-stdin-closes            ends when standard input does

Prints one line of JSON when it listens: {"url","labsBaseUrl","apiBaseUrl","accounts"}.
`;

const demoOptions: SimulatorOptions = {
  imageLatencyMs: 2_500,
  videoDurationMs: 12_000,
  upscaleDurationMs: 8_000,
};

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    port: { type: 'string' },
    era: { type: 'string' },
    demo: { type: 'boolean' },
    'image-latency-ms': { type: 'string' },
    'video-duration-ms': { type: 'string' },
    'upscale-duration-ms': { type: 'string' },
    'concatenation-duration-ms': { type: 'string' },
    'latency-ms': { type: 'string' },
    'listing-delay-ms': { type: 'string' },
    listing: { type: 'string' },
    seed: { type: 'string' },
    'no-render': { type: 'boolean' },
    'until-stdin-closes': { type: 'boolean' },
  },
});

if (values.help === true) {
  process.stdout.write(usage);
} else {
  await run();
}

async function run(): Promise<void> {
  const accounts = values.demo === true ? demoAccounts : [];
  const simulator = await startSimulator({
    ...(values.demo === true ? demoOptions : {}),
    ...numbers(),
    ...(values.era === undefined ? {} : { era: oneOf('era', values.era, ['2025-12', '2026-08']) }),
    ...(values.listing === undefined
      ? {}
      : { listing: oneOf('listing', values.listing, ['on', 'withheld', 'empty']) }),
    render: values['no-render'] !== true,
    accounts,
  });
  const { url, labsBaseUrl, apiBaseUrl } = simulator;
  const end = () => {
    void simulator.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  process.stdout.write(`${JSON.stringify({ url, labsBaseUrl, apiBaseUrl, accounts })}\n`);

  if (values['until-stdin-closes'] === true) {
    process.stdin.once('end', end);
    process.stdin.once('error', end);
    process.stdin.resume();
  }
}

function numbers(): SimulatorOptions {
  const given: [keyof SimulatorOptions, string | undefined][] = [
    ['port', values.port],
    ['imageLatencyMs', values['image-latency-ms']],
    ['videoDurationMs', values['video-duration-ms']],
    ['upscaleDurationMs', values['upscale-duration-ms']],
    ['concatenationDurationMs', values['concatenation-duration-ms']],
    ['latencyMs', values['latency-ms']],
    ['listingDelayMs', values['listing-delay-ms']],
    ['seed', values.seed],
  ];
  const known = given.filter(([, value]) => value !== undefined);
  for (const [name, value] of known) {
    if (!/^\d+$/.test(value ?? '')) throw new Error(`${name} must be a whole number, not ${value}.`);
  }
  return Object.fromEntries(known.map(([name, value]) => [name, Number(value)]));
}

function oneOf<Choice extends string>(name: string, value: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw new Error(`--${name} must be one of ${choices.join(', ')}.`);
  return choice;
}
