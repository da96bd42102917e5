import type { ChartColor, Hatch } from '../charts/chart-data';
import type { Outcome } from './links';

/** How each way in which requests end is drawn, the same in every chart. */
export const outcomeLooks: Readonly<Record<Outcome, { color: ChartColor; hatch: Hatch }>> = {
  succeeded: { color: 1, hatch: 'plain' },
  failed: { color: 2, hatch: 'rising' },
  refused: { color: 3, hatch: 'dots' },
  rate_limited: { color: 4, hatch: 'level' },
  cancelled: { color: 6, hatch: 'upright' },
};
