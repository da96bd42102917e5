/** A moment as a field for date and time has it, in a zone: `2026-11-20T14:05`. */
export function toLocalTime(at: Date, zone: string): string {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

/** The moment that a field for date and time means in a zone; `undefined`: it is empty, or no date. */
export function fromLocalTime(text: string, zone: string): Date | undefined {
  const wanted = Date.parse(`${text}Z`);
  if (Number.isNaN(wanted)) return undefined;
  // How far the zone is from Greenwich depends on the moment that is looked for: the second step is right.
  let at = wanted;
  for (let step = 0; step < 2; step += 1) {
    at += wanted - Date.parse(`${toLocalTime(new Date(at), zone)}Z`);
  }
  return new Date(at);
}
