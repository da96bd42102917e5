'use client';

import { useFormatter } from 'use-intl';
import { useTranslations } from '@/components/shell/use-translations';
import { useTimeText } from '../clock/clock';
import { useFormat } from '../shell/use-format';
import type { obstacleOf, Tier } from './form';

type Obstacle = NonNullable<ReturnType<typeof obstacleOf>>;

const allTiers = 3;

/** The plans as a choice: "a Pro account or an Ultra account". */
export function useTierText(): (tiers: readonly Tier[]) => string {
  const t = useTranslations('playground');
  const formatter = useFormatter();
  return (tiers) =>
    formatter.list(
      tiers.map((tier) =>
        t(tier === 'ultra' ? 'tierAccountAn' : 'tierAccountA', { tier: t(`tiers.${tier}`) }),
      ),
      { type: 'disjunction' },
    );
}

/** Why nothing can be made now; empty: it can. */
export function useObstacleText(obstacle: Obstacle | undefined, isChosen: boolean): string {
  const t = useTranslations('playground');
  const format = useFormat();
  const tierText = useTierText();
  return useTimeText((now) => {
    if (obstacle === undefined) return '';
    const { code, until, tiers } = obstacle;
    const values = {
      tiers: tierText(tiers),
      time: until === null ? '' : format.countdown(new Date(until), now),
    };
    const isTimed = code === 'cooldown' && until !== null;
    if (isChosen) return t(isTimed ? 'obstacle.chosen.cooldownUntil' : `obstacle.chosen.${code}`, values);
    const isOfTier = code === 'unhealthy' && tiers.length < allTiers;
    if (isOfTier) return t('obstacle.unhealthyTier', values);
    return t(isTimed ? 'obstacle.cooldownUntil' : `obstacle.${code}`, values);
  });
}
