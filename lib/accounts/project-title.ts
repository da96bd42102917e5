/** Default title of a new project, in local time: `Dec 18 - 21:40`. */
export function projectTitle(now: Date): string {
  const month = now.toLocaleString('en-US', { month: 'short' });
  const two = (value: number) => String(value).padStart(2, '0');
  return `${month} ${two(now.getDate())} - ${two(now.getHours())}:${two(now.getMinutes())}`;
}
