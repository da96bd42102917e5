import { cherryStudio } from './cherry-studio';
import { libreChat } from './librechat';
import { lobeChat } from './lobechat';
import { nextChat } from './nextchat';
import { openWebUi } from './open-webui';
import type { Client } from './recording';
import { newApi, oneApi } from './relays';

/** In the order of the columns in `docs/clients.md`. */
export const clients: readonly Client[] = [
  openWebUi,
  lobeChat,
  nextChat,
  libreChat,
  cherryStudio,
  newApi,
  oneApi,
];
