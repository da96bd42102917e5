import { z } from 'zod';
import { openSeed, type SeedRoute, seed, unsupportedSeed } from '../route/seed-route';
import * as config from './config';
import * as records from './records';
import * as shapes from './shapes';
import * as signIn from './sign-in';
import * as tokens from './tokens';

const nothing = z.undefined();
const early = { worksBeforePasswordChange: true } as const;
const importLimits = { maxBodyBytes: 6 * 1024 * 1024 };
const noCaptchas = 'This gateway solves no captchas; there is nothing to set up.';

/** Every endpoint of the predecessor's administration, under all its paths, in the order of its own list. */
export const seedRoutes: readonly SeedRoute[] = [
  openSeed('POST', ['/api/admin/login', '/api/login'], shapes.loginBody, signIn.login),
  seed('POST', ['/api/admin/logout', '/api/logout'], nothing, signIn.logout, early),
  seed(
    'POST',
    ['/api/admin/change-password', '/api/admin/password'],
    shapes.passwordBody,
    signIn.setPassword,
    early,
  ),

  seed('GET', ['/api/tokens'], nothing, tokens.listTokens),
  seed('POST', ['/api/tokens'], shapes.addTokenBody, tokens.addToken),
  seed('POST', ['/api/tokens/st2at'], shapes.st2atBody, tokens.convertSessionToken),
  seed('POST', ['/api/tokens/import'], shapes.importBody, tokens.importTokens, importLimits),
  seed('PUT', ['/api/tokens/{id}'], shapes.updateTokenBody, tokens.updateToken),
  seed('DELETE', ['/api/tokens/{id}'], nothing, tokens.deleteToken),
  seed('POST', ['/api/tokens/{id}/enable'], nothing, tokens.enableToken),
  seed('POST', ['/api/tokens/{id}/disable'], nothing, tokens.disableToken),
  seed('POST', ['/api/tokens/{id}/refresh-credits'], nothing, tokens.refreshTokenCredits),
  seed('POST', ['/api/tokens/{id}/refresh-at'], nothing, tokens.refreshTokenAccess),

  seed('GET', ['/api/config/proxy'], nothing, config.readProxy),
  seed('GET', ['/api/proxy/config'], nothing, config.readProxyFlat),
  seed('POST', ['/api/config/proxy', '/api/proxy/config'], shapes.proxyBody, config.saveProxy),
  seed('POST', ['/api/proxy/test'], shapes.proxyTestBody, config.tryProxy),
  seed('GET', ['/api/config/generation', '/api/generation/timeout'], nothing, config.readGeneration),
  seed(
    'POST',
    ['/api/config/generation', '/api/generation/timeout'],
    shapes.generationBody,
    config.saveGeneration,
  ),
  seed('GET', ['/api/call-logic/config'], nothing, config.readCallLogic),
  seed('POST', ['/api/call-logic/config'], shapes.callLogicBody, config.saveCallLogic),

  seed('GET', ['/api/system/info'], nothing, records.readInfo),
  seed('GET', ['/api/stats'], nothing, records.readStats),
  seed('GET', ['/api/logs'], nothing, records.listSeedLogs),
  seed('DELETE', ['/api/logs'], nothing, records.clearSeedLogs),
  seed('GET', ['/api/logs/{id}'], nothing, records.readSeedLog),

  seed('GET', ['/api/admin/config'], nothing, config.readAdmin),
  seed('POST', ['/api/admin/config'], shapes.adminConfigBody, config.saveAdmin),
  seed('POST', ['/api/admin/apikey'], shapes.apiKeyBody, config.saveApiKey),
  seed('POST', ['/api/admin/debug'], shapes.debugBody, config.saveDebug),
  seed('GET', ['/api/token-refresh/config'], nothing, config.readTokenRefresh),
  seed('POST', ['/api/token-refresh/config'], shapes.tokenRefreshBody, config.saveTokenRefresh),
  // Its body was never read.
  seed('POST', ['/api/token-refresh/enabled'], nothing, config.saveTokenRefresh),
  seed('GET', ['/api/cache/config'], nothing, config.readCache),
  seed('POST', ['/api/cache/config'], shapes.cacheBody, config.saveCache),
  seed('POST', ['/api/cache/enabled'], shapes.cacheEnabledBody, config.saveCacheEnabled),
  seed('POST', ['/api/cache/base-url'], shapes.cacheBaseUrlBody, config.saveCacheBaseUrl),
  seed('GET', ['/api/plugin/config'], nothing, config.readPlugin),
  seed('POST', ['/api/plugin/config'], shapes.pluginBody, config.savePlugin),

  unsupportedSeed('GET', ['/api/captcha/config'], noCaptchas),
  unsupportedSeed('POST', ['/api/captcha/config', '/api/captcha/{what}'], noCaptchas),
];
