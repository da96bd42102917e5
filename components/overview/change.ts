/** Whether more of something is good news. */
export type Meaning = 'more_is_good' | 'more_is_bad' | 'neutral';

export type Change = {
  /** `new`: before there was nothing. */
  direction: 'up' | 'down' | 'same' | 'new';
  /** By how much, in percent; of shares in points of percent. */
  amount: number;
  tone: 'good' | 'bad' | 'neutral';
};

const leastPercent = 1;
const leastPoints = 0.1;

/** How a number differs from the one of the period before; `undefined` where one of them is not known. */
export function changeOf(
  now: number | null,
  before: number | null,
  { meaning = 'neutral', isShare = false }: { meaning?: Meaning; isShare?: boolean } = {},
): Change | undefined {
  if (now === null || before === null) return undefined;
  const same: Change = { direction: 'same', amount: 0, tone: 'neutral' };
  if (now === before) return same;
  if (before === 0 && !isShare) return { direction: 'new', amount: 0, tone: 'neutral' };
  const amount = isShare ? (now - before) * 100 : ((now - before) / before) * 100;
  if (Math.abs(amount) < (isShare ? leastPoints : leastPercent)) return same;
  const isMore = amount > 0;
  const isGood = meaning === 'more_is_good' ? isMore : !isMore;
  return {
    direction: isMore ? 'up' : 'down',
    amount: Math.abs(amount),
    tone: meaning === 'neutral' ? 'neutral' : toneOf(isGood),
  };
}

const toneOf = (isGood: boolean) => (isGood ? 'good' : 'bad');
