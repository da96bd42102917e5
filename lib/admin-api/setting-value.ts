import type { SettingRow } from './settings';

/** What an option may be, as its row tells. */
export type SettingRule = Pick<SettingRow, 'kind' | 'min' | 'max' | 'default' | 'pattern' | 'min_length'>;

/** Why a text is no value of an option. */
type SettingFault = 'whole' | 'number' | 'url' | 'proxy' | 'mask' | 'text';

const plainNumber = /^[+-]?\d+(\.\d+)?$/;
const httpAddress = /^https?:\/\/[^\s?#]+$/i;
const scheme = /^([a-z][a-z0-9+.-]*):\/\//i;
const proxySchemes = ['http', 'https', 'socks5', 'socks5h'];

/** The value that a typed text stands for: a number where the option is one. */
export function readSettingText({ kind }: Pick<SettingRule, 'kind'>, text: string): string | number {
  const trimmed = text.trim();
  const isNumber = (kind === 'whole' || kind === 'number') && plainNumber.test(trimmed);
  return isNumber ? Number(trimmed) : trimmed;
}

/**
 * What is wrong with a typed text; `undefined` where it may be right. What is refused here the server refuses as well; of
 * the spellings of a proxy and the names of time zones the server alone knows all.
 */
export function findSettingFault(rule: SettingRule, text: string): SettingFault | undefined {
  const trimmed = text.trim();
  switch (rule.kind) {
    case 'whole':
      return isWithin(rule, trimmed) && Number.isSafeInteger(Number(trimmed)) ? undefined : 'whole';
    case 'number':
      return isWithin(rule, trimmed) ? undefined : 'number';
    case 'url':
      if (trimmed === '' && rule.default === '') return undefined;
      return isHttpAddress(trimmed) ? undefined : 'url';
    case 'proxy_url':
      if (holdsDots(trimmed)) return 'mask';
      return isProxyText(trimmed) ? undefined : 'proxy';
    case 'text':
      if (holdsDots(trimmed) && rule.pattern !== null) return 'mask';
      return isText(rule, trimmed) ? undefined : 'text';
    default:
      return undefined;
  }
}

const holdsDots = (text: string) => text.includes('•');

const isWithin = ({ min, max }: SettingRule, text: string): boolean =>
  plainNumber.test(text) && Number(text) >= (min ?? -Infinity) && Number(text) <= (max ?? Infinity);

function isHttpAddress(text: string): boolean {
  if (!httpAddress.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

function isProxyText(text: string): boolean {
  const spelled = text.replace(/^st5\s+/i, 'socks5://');
  const named = scheme.exec(spelled)?.[1]?.toLowerCase();
  return spelled === '' || (!/\s/.test(spelled) && (named === undefined || proxySchemes.includes(named)));
}

function isText({ pattern, min_length }: SettingRule, text: string): boolean {
  if (pattern !== null && !new RegExp(pattern).test(text)) return false;
  return text === '' || text.length >= (min_length ?? 0);
}
