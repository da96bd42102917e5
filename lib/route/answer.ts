/** How the body of a streamed answer ended. */
export type StreamEnd = { outcome: 'complete' } | { outcome: 'left' } | { outcome: 'failed'; error: unknown };

/** An answer whose body is still being made when it is handed over. `ended` settles once, and never rejects. */
export type StreamedAnswer = { response: Response; ended: Promise<StreamEnd> };

/** What a handler may answer. */
export type Answer = Response | StreamedAnswer;
