import { modelDefaults } from '../api-keys/admit';
import { findKind } from '../models/kind';
import type { ChatMessage } from '../openai/chat-messages';
import { answerSideRequest, findSideRequest, type WholeBody } from '../openai/side-requests';
import type { Call } from './gateway-route';

/**
 * The text that answers what a chat app asks beside its user, such as a title; `undefined` for everything that is to be
 * generated. No job is made for it, and the log says what it was. `body` is all of the request.
 */
export function findSideAnswer(
  { runtime, requestId, note }: Pick<Call, 'runtime' | 'requestId' | 'note'>,
  model: string,
  messages: readonly ChatMessage[],
  body?: WholeBody,
): string | undefined {
  if (runtime.settings.current()['chat.side_requests'] === 'generate') return undefined;
  const asked = findSideRequest(messages, body);
  const makes = findKind(model, modelDefaults(runtime));
  if (asked === undefined || makes === undefined) return undefined;
  note({ sideRequest: asked.kind });
  runtime.log.info({ requestId, model, sideRequest: asked.kind }, 'a side request was answered with text');
  return answerSideRequest(asked, makes);
}
