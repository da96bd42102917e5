/** What the reader and the browser want of pictures that move. */
export type MotionWishes = {
  /** `prefers-reduced-motion: reduce`. */
  wantsLessMotion: boolean;
  /** The browser saves data. */
  savesData: boolean;
  /** There is nothing that could hover: a finger. */
  isTouch: boolean;
};

/** Whether a video may play by itself while it is pointed at. */
export const mayPreview = ({ wantsLessMotion, savesData, isTouch }: MotionWishes): boolean =>
  !wantsLessMotion && !savesData && !isTouch;

/** Passing over a tile is no wish to see its video. */
export const hoverMs = 150;

/** Lets one video at a time play. */
export type PreviewTurn = {
  /** Begins after so long, unless it is left or another one comes. */
  enter: (id: string, afterMs: number) => void;
  leave: (id: string) => void;
};

/** `onChange` is told which one plays. */
export function makePreviewTurn(onChange: (id: string | undefined) => void): PreviewTurn {
  let wanted: string | undefined;
  let playing: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const play = (id: string | undefined) => {
    if (playing === id) return;
    playing = id;
    onChange(id);
  };
  return {
    enter(id, afterMs) {
      if (wanted === id) return;
      clearTimeout(timer);
      wanted = id;
      // The one before stops at once, whether this one comes to play or not.
      play(undefined);
      timer = setTimeout(() => play(id), afterMs);
    },
    leave(id) {
      if (wanted !== id) return;
      clearTimeout(timer);
      wanted = undefined;
      play(undefined);
    },
  };
}
