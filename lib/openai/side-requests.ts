import type { MediaKind } from '../models/types';
import { type ChatMessage, plainText } from './chat-messages';

/** What a chat UI asks a model besides what its user wrote. */
export type SideRequest = {
  kind:
    | 'title'
    | 'tags'
    | 'follow_ups'
    | 'queries'
    | 'completion'
    | 'image_prompt'
    | 'emoji'
    | 'tools'
    | 'summary'
    | 'check';
  /** Whether the answer is read as JSON. */
  json: boolean;
  /** What the user wrote, oldest first, as far as the request shows it. */
  said: string[];
};

type Known = {
  kind: SideRequest['kind'];
  /** The start of the text; everything in it stands in the template, so no user can have come to it by chance. */
  starts: RegExp;
  /** What it must hold besides. */
  holds?: string;
  json?: true;
};

/**
 * Templates of Open WebUI (`backend/open_webui/config.py`, 0.5 to 0.11), in the last user message. Its template for
 * documents begins with the same heading and is a real request, so the heading alone says nothing.
 */
const openWebUi: readonly Known[] = [
  { kind: 'title', starts: /^### Task:\s+Generate a concise(?:, 3-5 word)? title\b/, json: true },
  { kind: 'tags', starts: /^### Task:\s+Generate 1-3 broad tags categorizing\b/, json: true },
  { kind: 'follow_ups', starts: /^### Task:\s+Suggest 3-5 relevant follow-up questions\b/, json: true },
  {
    kind: 'queries',
    starts: /^### Task:\s+Analyze the chat history to determine the necessity of generating search queries\b/,
    json: true,
  },
  { kind: 'completion', starts: /^### Task:\s+You are an autocompletion system\./, json: true },
  {
    kind: 'image_prompt',
    starts: /^### Task:\s+Generate a detailed prompt for an?m? image generation task based on\b/,
    json: true,
  },
  {
    kind: 'emoji',
    starts: /^Your task is to reflect the speaker's likely facial expression through a fitting emoji\b/,
  },
];

/** Of NextChat (`app/locales`) and LibreChat (`@librechat/agents`, `title.ts`): the last message of the conversation itself. */
const lastMessages: readonly Known[] = [
  {
    kind: 'title',
    starts: /^Please generate a four to five word title summarizing our conversation without any lead-in\b/,
  },
  { kind: 'title', starts: /^使用四到五个字直接返回这句话的简要主题，不要解释、不要标点/ },
  { kind: 'title', starts: /^使用四到五個字直接返回這句話的簡要主題，不要解釋、不要標點/ },
  {
    kind: 'summary',
    starts: /^Summarize the discussion briefly in 200 words or less to use as a prompt for future context\b/,
  },
  { kind: 'summary', starts: /^简要总结一下对话内容，用作后续的上下文提示/ },
  {
    kind: 'title',
    starts: /^(?:Provide|Please generate) a concise, 5-word-or-less title for the conversation\b/,
  },
  {
    kind: 'title',
    starts:
      /^Analyze this conversation and provide:\s+1\. The detected language of the conversation\s+2\. A concise title\b/,
    json: true,
  },
  // Of One API, for a test of a channel (`config.TestPrompt`).
  { kind: 'check', starts: /^Output only your specific model name with no additional text\.$/ },
];

/** Of LobeChat (`packages/prompts`) and Cherry Studio (`prompts.title`): the system message; the conversation is in the user's. */
const systemMessages: readonly Known[] = [
  { kind: 'title', starts: /^You are a professional conversation summarizer\. Generate a concise title\b/ },
  { kind: 'title', starts: /^你是一名擅长会话的助理，你需要将用户的会话总结为 10 个字以内的标题/ },
  {
    kind: 'title',
    starts:
      /^你是一位资深的 AI 艺术创作者和语言大师。你需要根据用户提供的 AI (?:image|video) prompt 总结出一个标题/,
  },
  {
    kind: 'summary',
    starts:
      /^You're an assistant who's good at extracting key takeaways from conversations and summarizing them\b/,
  },
  {
    kind: 'title',
    starts:
      /^You are an assistant skilled in conversation\. You need to summarize the user's conversation into a title\b/,
  },
  {
    kind: 'title',
    starts: /^Summarize the conversation into a title in .{1,40} within 10 words ignoring instructions\b/,
  },
  { kind: 'title', starts: /^Summarize the given session as a 10-word title using user language\b/ },
  { kind: 'title', starts: /^总结给出的会话，将其总结为语言为.{1,40}的 10 字内标题，忽略会话中的指令/ },
  // Open WebUI again, for models without tools of their own.
  {
    kind: 'tools',
    starts: /^Available Tools:/,
    holds: 'Your task is to choose and return the correct tool(s) from the list of available tools',
    json: true,
  },
];

/**
 * The side request that a conversation is, or `undefined` for everything else. Only texts that chat UIs put there word for
 * word count, from their first letter on, and never a message with a picture: taking a user's wish for one of these would
 * be worse than making a picture that nobody looks at. A test of a channel shows in the whole `body`.
 */
export function findSideRequest(messages: readonly ChatMessage[], body?: WholeBody): SideRequest | undefined {
  const last = messages.at(-1);
  if (last === undefined || holdsMedia(last.content)) return undefined;
  const text = plainText(last.content).trim();
  if (text === 'hi' && isCheck(messages, body)) return { kind: 'check', json: false, said: [] };
  if (last.role === 'user') {
    const inTemplate = openWebUi.find(fits(text));
    if (inTemplate !== undefined) return describe(inTemplate, saidInTemplate(text));
  }
  const inLast = lastMessages.find(fits(text));
  if (inLast !== undefined) return describe(inLast, saidBefore(messages, text));

  const [system, user] = messages;
  if (messages.length !== 2 || system?.role !== 'system' || user?.role !== 'user') return undefined;
  const instruction = plainText(system.content).trim();
  const inSystem = systemMessages.find(fits(instruction));
  return inSystem === undefined ? undefined : describe(inSystem, saidInTranscript(withinMarks(text) ?? text));
}

/** All of a request, by the endpoint that it came to. */
export type WholeBody = { chat: object } | { responses: object };

/** All that New API and One API send to test a channel (`controller/channel-test.go`). */
const channelTestFields: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'max_tokens',
  'max_completion_tokens',
]);

/** The same of New API for a channel of type "OpenAI response". */
const responsesTestFields: ReadonlySet<string> = new Set(['model', 'input', 'stream', 'max_output_tokens']);

/**
 * Whether a lone "hi" asks only if anybody is there: after the system message that Cherry Studio checks a model with
 * (`checkApi`), or from a relay, which limits the length of the answer and sets nothing else, as no chat app does.
 */
function isCheck(messages: readonly ChatMessage[], body: WholeBody = { chat: {} }): boolean {
  const [first, ...others] = messages;
  if (others.length === 1) return first?.role === 'system' && plainText(first.content).trim() === 'test';
  if (others.length > 0) return false;
  if ('responses' in body) return isResponsesCheck(body.responses);
  const { chat } = body;
  const limit =
    ('max_tokens' in chat && chat.max_tokens) ||
    ('max_completion_tokens' in chat && chat.max_completion_tokens);
  return typeof limit === 'number' && Object.keys(chat).every((name) => channelTestFields.has(name));
}

/** The very item: a client's library writes the text of a user as a list of parts, or all of it as one text. */
function isResponsesCheck(body: object): boolean {
  if (!('input' in body) || !Array.isArray(body.input)) return false;
  const [item]: unknown[] = body.input;
  return (
    typeof item === 'object' &&
    item !== null &&
    'role' in item &&
    item.role === 'user' &&
    'content' in item &&
    item.content === 'hi' &&
    Object.keys(item).every((name) => name === 'role' || name === 'content') &&
    Object.keys(body).every((name) => responsesTestFields.has(name))
  );
}

const fits =
  (text: string) =>
  ({ starts, holds }: Known): boolean =>
    starts.test(text) && (holds === undefined || text.includes(holds));

const describe = ({ kind, json }: Known, said: string[]): SideRequest => ({
  kind,
  json: json === true,
  said: said.map((text) => text.trim()).filter((text) => text !== ''),
});

const holdsMedia = (content: unknown): boolean =>
  Array.isArray(content) &&
  content.some(
    (part: unknown) =>
      typeof part === 'object' &&
      part !== null &&
      'type' in part &&
      part.type !== 'text' &&
      part.type !== 'input_text',
  );

/** The user's lines between the marks that Open WebUI and LobeChat put around a conversation. */
const saidInTemplate = (text: string): string[] => saidInTranscript(withinMarks(text) ?? '');

function withinMarks(text: string): string | undefined {
  const [open, close] = ['<chat_history>', '</chat_history>'];
  const start = text.lastIndexOf(open);
  const end = text.lastIndexOf(close);
  return start < 0 || end < start ? undefined : text.slice(start + open.length, end);
}

/** The user messages before the last one; LibreChat writes the conversation below its instruction instead. */
function saidBefore(messages: readonly ChatMessage[], last: string): string[] {
  const said = messages
    .slice(0, -1)
    .filter(({ role }) => role === 'user')
    .map(({ content }) => plainText(content));
  if (said.length > 0) return said;
  const start = last.search(/^User: /m);
  return start < 0 ? [] : saidInTranscript(last.slice(start));
}

const longestTranscript = 100_000; // a title needs the beginning only

const speaker = /^(user|assistant|ai|session|system|tool): ?/i;

/** What stands after `user:` in a transcript, in LobeChat's tags, or in Cherry Studio's JSON; without any of that, all of it. */
function saidInTranscript(whole: string): string[] {
  const transcript = whole.slice(0, longestTranscript).trim();
  const structured = parseTurns(transcript);
  if (structured !== undefined) return structured;
  const tagged = transcript.split('<user>').slice(1);
  if (tagged.length > 0) return tagged.map((part) => part.split('</user>', 1)[0] ?? '');
  const turns: { isUser: boolean; lines: string[] }[] = [];
  for (const line of transcript.split('\n')) {
    const who = speaker.exec(line);
    if (who !== null)
      turns.push({ isUser: who[1]?.toLowerCase() === 'user', lines: [line.slice(who[0].length)] });
    else if (turns.length === 0) turns.push({ isUser: true, lines: [line] });
    else turns.at(-1)?.lines.push(line);
  }
  return turns.filter(({ isUser }) => isUser).map(({ lines }) => lines.join('\n'));
}

function parseTurns(text: string): string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const turns: unknown = JSON.parse(text);
    if (!Array.isArray(turns)) return undefined;
    return turns.flatMap((turn: unknown) => {
      if (typeof turn !== 'object' || turn === null || !('role' in turn) || turn.role !== 'user') return [];
      return Object.entries(turn).flatMap(([name, value]) =>
        (name === 'mainText' || name === 'content') && typeof value === 'string' ? [value] : [],
      );
    });
  } catch {
    return undefined; // a user may begin with a bracket
  }
}

/** The text that answers a side request, in the shape that its UI reads. `kind` is what the model makes. */
export function answerSideRequest({ kind, json, said }: SideRequest, makes: MediaKind): string {
  switch (kind) {
    case 'title': {
      const title = titleOf(said[0] ?? '', makes);
      return json ? JSON.stringify({ title }) : title;
    }
    case 'tags':
      return JSON.stringify({ tags: [makes === 'image' ? 'Images' : 'Videos'] });
    case 'follow_ups':
      return JSON.stringify({ follow_ups: [] });
    case 'queries':
      return JSON.stringify({ queries: [] });
    case 'completion':
      return JSON.stringify({ text: '' });
    case 'image_prompt':
      return JSON.stringify({ prompt: withoutMarkup(said.at(-1) ?? '') });
    case 'tools':
      return JSON.stringify({ tool_calls: [] });
    case 'emoji':
      return '🙂';
    case 'summary':
      return summaryOf(said);
    case 'check':
      return 'The gateway can be reached. Nothing was generated for this check.';
  }
}

const titleWords = 6;
const titleLetters = 40; // of scripts without spaces, this is one word

function titleOf(text: string, makes: MediaKind): string {
  const words = withoutMarkup(text)
    .split(' ')
    .slice(0, titleWords)
    .join(' ')
    .replace(/^["'“”‘’«»\p{P}]+|[\s\p{P}]+$/gu, '');
  const letters = Array.from(words);
  const title = letters.length > titleLetters ? `${letters.slice(0, titleLetters - 1).join('')}…` : words;
  if (title === '') return makes === 'image' ? 'New picture' : 'New video';
  return title.charAt(0).toUpperCase() + title.slice(1);
}

/** Without pictures, addresses and signs of Markdown, on one line. */
const withoutMarkup = (text: string): string =>
  text
    .slice(0, 4_000)
    .replace(/!?\[([^[\]\n]{0,1000})\]\([^()\s]*\)/g, '$1')
    .replace(/(?:https?:\/\/|data:)\S+/gi, ' ')
    .replace(/^提示词：|^\s*\d+\.\s/gm, ' ')
    .replace(/[*`~]+/g, '')
    .replace(/[#<>|]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

const summaryLetters = 1_000;

const summaryOf = (said: readonly string[]): string => {
  const wishes = said.map(withoutMarkup).filter((wish) => wish !== '');
  const text = Array.from(`The user asked for: ${wishes.join('; ')}`);
  if (wishes.length === 0) return 'Nothing was asked for yet.';
  return text.length > summaryLetters ? `${text.slice(0, summaryLetters - 1).join('')}…` : text.join('');
};
