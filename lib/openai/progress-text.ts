import type { GenerationEvent, JobStep } from '../generation/types';
import type { MediaKind } from '../models/types';

/** A time for people: `45 s`, `about 3 min` is up to the caller. */
export const spell = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  const rest = whole % 60;
  return `${Math.floor(whole / 60)} min${rest === 0 ? '' : ` ${rest} s`}`;
};

const pictures = (count: unknown): string =>
  typeof count === 'number' && count !== 1 ? `${count} reference pictures` : 'the reference picture';

/** What is told when a step begins. */
function spellStep(step: JobStep, detail: Record<string, unknown>, kind: MediaKind): string {
  switch (step) {
    case 'account_selected':
      return 'Account chosen, preparing.';
    case 'uploading':
      return `Uploading ${pictures(detail.count)}.`;
    case 'submitting':
      return 'Submitting the request.';
    case 'generating':
      return kind === 'video' ? 'Generating the video.' : 'Generating the picture.';
    case 'upscaling':
      return 'Upscaling the result.';
    case 'concatenating':
      return 'Joining it with the video that it goes on from.';
    case 'saving':
      return 'Saving the result.';
  }
}

/** What is told of a result that is not quite what was wished. */
function tellEnd({
  cancelRequested,
  note,
}: Pick<Extract<GenerationEvent, { type: 'completed' }>, 'cancelRequested' | 'note'>): string | undefined {
  const late = cancelRequested
    ? ['The cancellation came too late: the result was already made and is kept.']
    : [];
  const lines = note === undefined ? late : [...late, note];
  return lines.length === 0 ? undefined : lines.join('\n');
}

const quietSeconds = 10; // as often as a line without news is worth reading

/**
 * Turns the events of one job into lines of text. Says only what is known: a percent that comes from history is called
 * estimated, and where none is known the time is told. `undefined` for an event without news.
 */
export function makeProgressText(kind: MediaKind): (event: GenerationEvent) => string | undefined {
  let lastLine = '';
  let lastPercent = -1;
  let lastElapsed = -quietSeconds;
  let isMade = false;
  const unlessSame = (line: string) => {
    if (line === lastLine) return undefined;
    lastLine = line;
    return line;
  };
  return (event) => {
    switch (event.type) {
      case 'queued': {
        const wait =
          event.estimateSeconds === undefined
            ? ''
            : `, about ${spell(event.estimateSeconds)} to wait (estimated)`;
        return unlessSame(`Waiting in the queue: position ${event.position}${wait}.`);
      }
      case 'step':
        isMade = event.step === 'saving' || event.step === 'concatenating';
        return unlessSame(spellStep(event.step, event.detail, kind));
      case 'progress': {
        if (isMade) return undefined;
        const elapsed = `${spell(event.elapsedSeconds)} elapsed`;
        if (event.percent !== undefined && event.percent > lastPercent) {
          lastPercent = event.percent;
          lastElapsed = event.elapsedSeconds;
          const percent = Math.floor(event.percent);
          return event.estimated === true
            ? `Progress: about ${percent} % (estimated), ${elapsed}.`
            : `Progress: ${percent} %, ${elapsed}.`;
        }
        if (event.percent !== undefined || event.elapsedSeconds - lastElapsed < quietSeconds)
          return undefined;
        lastElapsed = event.elapsedSeconds;
        return `Still generating, ${elapsed}.`;
      }
      case 'completed':
        return tellEnd(event);
      default:
        return undefined;
    }
  };
}
