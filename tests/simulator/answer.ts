/** What goes back over the wire, as a value, so that faults can spoil it. */
export type Answer = { status: number; headers: Record<string, string>; body: Buffer };

/** A rule said no. Carries the answer and, for the statistics, what was wrong in plain words. */
export class Refusal extends Error {
  readonly answer: Answer;
  readonly reason: string | undefined;

  constructor(answer: Answer, detail: { message: string; reason?: string | undefined }) {
    super(detail.message);
    this.name = 'Refusal';
    this.answer = answer;
    this.reason = detail.reason;
  }
}

export function jsonAnswer(body: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=UTF-8', ...headers },
    body: Buffer.from(JSON.stringify(body)),
  };
}

export function htmlAnswer(status: number, title: string): Answer {
  const body = `<!DOCTYPE html>\n<html lang="en">\n<title>${title}</title>\n<p>${title}</p>\n</html>\n`;
  return { status, headers: { 'content-type': 'text/html; charset=UTF-8' }, body: Buffer.from(body) };
}
