/** A tick on one of the shown results; with Shift it is meant for all from the last one that was ticked. */
export type Tick = { id: string; isOn: boolean; isRange: boolean };

/** What is ticked after a tick. `anchor` is the result of the tick before; one that is not shown any more begins nothing. */
export function tickMedia(
  shown: readonly string[],
  ticked: readonly string[],
  anchor: string | undefined,
  { id, isOn, isRange }: Tick,
): string[] {
  const [from, to] = [anchor === undefined ? -1 : shown.indexOf(anchor), shown.indexOf(id)];
  const meant =
    isRange && from >= 0 && to >= 0 ? shown.slice(Math.min(from, to), Math.max(from, to) + 1) : [id];
  return isOn ? [...new Set([...ticked, ...meant])] : ticked.filter((one) => !meant.includes(one));
}
