/** Lets a few pieces of work run at once. What nobody waits for runs only while nothing else does. */
export type Turns = {
  /** How many wait. */
  readonly waiting: number;
  take<T>(name: string, isUrgent: boolean, work: () => Promise<T>): Promise<T>;
  /** Somebody waits for the work of that name now. */
  hurry(name: string): void;
};

type Place = { name: string; isUrgent: boolean; begin: () => void };

/** Turns for `atOnce` pieces of work. */
export function makeTurns(atOnce: number): Turns {
  const line: Place[] = [];
  let running = 0;
  const next = () => {
    while (running < atOnce) {
      const urgent = line.findIndex(({ isUrgent }) => isUrgent);
      if (urgent < 0 && running > 0) return;
      const [place] = line.splice(Math.max(0, urgent), 1);
      if (place === undefined) return;
      running += 1;
      place.begin();
    }
  };
  return {
    get waiting() {
      return line.length;
    },
    async take(name, isUrgent, work) {
      await new Promise<void>((begin) => {
        line.push({ name, isUrgent, begin });
        next();
      });
      try {
        return await work();
      } finally {
        running -= 1;
        next();
      }
    },
    hurry(name) {
      for (const place of line) if (place.name === name) place.isUrgent = true;
      next();
    },
  };
}
