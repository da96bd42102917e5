import { z } from 'zod';
import { defineContract } from './contract';
import { oneOrMore } from './query';

const instant = z.iso.datetime();

export const sampleNames = ['credits', 'queued', 'in_flight_image', 'in_flight_video'] as const;

/** What was recorded of one number over time. */
export const readSamples = defineContract({
  method: 'GET',
  path: '/api/v1/admin/samples',
  query: z.object({
    /** Several may be given. */
    name: oneOrMore(z.enum(sampleNames)).pipe(z.array(z.enum(sampleNames)).min(1)),
    /** Ids of accounts, for `credits`; without it, all. */
    scope: oneOrMore(z.string().trim().max(200)).optional(),
    /** A day before `to`, unless given. */
    from: instant.optional(),
    /** Now, unless given. */
    to: instant.optional(),
    /** Seconds that become one point; fitted to the span, unless given. */
    bucket: z.coerce.number().int().min(60).max(2_678_400).optional(),
  }),
  body: z.undefined(),
  status: 200,
  untagged: ['from', 'to'],
  output: z.object({
    /** The span that was asked for. In an answer that was kept it may be older: it holds as well for the new one. */
    from: instant,
    to: instant,
    bucket: z.int(),
    series: z.array(
      z.object({
        name: z.enum(sampleNames),
        /** Id of the account, or empty. */
        scope: z.string(),
        /** Oldest first. Where nothing was recorded, there is no point. */
        points: z.array(
          z.object({
            /** Start of the bucket. */
            at: instant,
            average: z.number(),
            min: z.int(),
            max: z.int(),
            samples: z.int(),
          }),
        ),
      }),
    ),
  }),
});
