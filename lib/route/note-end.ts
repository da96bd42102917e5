import type { GenerationEvent } from '../generation/types';
import type { Note } from './gateway-route';

/** The same events. A failed job ends in a good answer of ours, so the log has to be told. */
export async function* noteEnd(
  events: AsyncIterable<GenerationEvent>,
  note: (facts: Note) => void,
): AsyncGenerator<GenerationEvent> {
  for await (const event of events) {
    if (event.type === 'failed') note({ errorCode: event.error.code, errorMessage: event.error.message });
    if (event.type === 'cancelled') note({ errorCode: 'cancelled' });
    yield event;
  }
}
