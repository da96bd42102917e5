type Day = { day: string; requests: number; images: number; videos: number; credits: number };

/** What `encodeUsage` tells, in words of the domain. */
type Usage = {
  name: string;
  expiresAt?: Date;
  models: readonly string[] | null;
  mediaTypes: readonly string[] | null;
  limits: {
    requestsPerMinute: number | null;
    concurrentJobs: number | null;
    imagesPerDay: number | null;
    videosPerDay: number | null;
    creditsPerDay: number | null;
  };
  unfinishedJobs: number;
  zone: string;
  dayEndsAt: Date;
  days: readonly [Day, ...Day[]];
};

const seconds = (instant: Date) => Math.floor(instant.getTime() / 1_000);

/**
 * The answer of `GET /v1/usage`: what the calling key may do and has done. Every key always; a limit or list of null
 * means "no limit" and "all". Instants are seconds since the epoch, days are `YYYY-MM-DD` in `time_zone`. `today` has
 * the unfinished jobs and the end of the day besides its numbers; `days` are the last 30, oldest first, today included.
 * `requests` are accepted jobs, `images` and `videos` those that were not given back, `credits` what was charged.
 */
export const encodeUsage = ({ limits, days, ...usage }: Usage) => ({
  object: 'usage' as const,
  key: {
    name: usage.name,
    expires_at: usage.expiresAt === undefined ? null : seconds(usage.expiresAt),
    models: usage.models,
    media_types: usage.mediaTypes,
  },
  limits: {
    requests_per_minute: limits.requestsPerMinute,
    concurrent_jobs: limits.concurrentJobs,
    images_per_day: limits.imagesPerDay,
    videos_per_day: limits.videosPerDay,
    credits_per_day: limits.creditsPerDay,
  },
  time_zone: usage.zone,
  today: {
    ...encodeDay(days.at(-1) ?? days[0]),
    unfinished_jobs: usage.unfinishedJobs,
    resets_at: seconds(usage.dayEndsAt),
  },
  days: days.map(encodeDay),
});

const encodeDay = ({ day, requests, images, videos, credits }: Day) => ({
  day,
  requests,
  images,
  videos,
  credits,
});
