import type { SimulatorAccount } from './contract';

// The beginning that session cookies have: an encrypted JWT whose key part is empty.
const head = 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..';
const sessionToken = (name: string) =>
  `${head}${Buffer.from(`simulator session of ${name} `.repeat(12)).toString('base64url')}`;

/** One account of each plan, with session tokens that never change. */
export const demoAccounts: readonly SimulatorAccount[] = [
  {
    email: 'free@simulator.test',
    name: 'Demo Free',
    tier: 'PAYGATE_TIER_NOT_PAID',
    credits: 100,
    sessionToken: sessionToken('free'),
  },
  {
    email: 'pro@simulator.test',
    name: 'Demo Pro',
    tier: 'PAYGATE_TIER_ONE',
    credits: 1_000,
    sessionToken: sessionToken('pro'),
  },
  {
    email: 'ultra@simulator.test',
    name: 'Demo Ultra',
    tier: 'PAYGATE_TIER_TWO',
    credits: 25_000,
    sessionToken: sessionToken('ultra'),
  },
];
