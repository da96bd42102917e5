'use client';

import { useEffect, useState, useSyncExternalStore } from 'react';
import { useMediaQuery } from '../ui/use-media-query';
import { makePreviewTurn, mayPreview, type PreviewTurn } from './preview-turn';

/** The video of the grid that plays, and the way to have one play. `turn` is none where nothing may move by itself. */
export function usePreview(): { playing: string | undefined; turn: PreviewTurn | undefined } {
  const [playing, setPlaying] = useState<string>();
  const [turn] = useState(() => makePreviewTurn(setPlaying));
  const wantsLessMotion = useMediaQuery('(prefers-reduced-motion: reduce)');
  const isTouch = !useMediaQuery('(hover: hover) and (pointer: fine)');
  const savesByQuery = useMediaQuery('(prefers-reduced-data: reduce)');
  const savesByBrowser = useSyncExternalStore(noChanges, readSaveData, () => true);
  const may = mayPreview({ wantsLessMotion, savesData: savesByQuery || savesByBrowser, isTouch });
  useEffect(() => {
    if (playing !== undefined && !may) turn.leave(playing);
  }, [playing, may, turn]);
  return { playing: may ? playing : undefined, turn: may ? turn : undefined };
}

const noChanges = () => () => {};

/** `navigator.connection` is no standard yet, so its type is not known. */
function readSaveData(): boolean {
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
  return connection?.saveData === true;
}
