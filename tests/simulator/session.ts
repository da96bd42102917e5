import { type Answer, htmlAnswer, jsonAnswer } from './answer';
import { type Call, parseSessionCookie, requireBearer, sessionCookie } from './call';
import { serviceTiers, skus } from './model-keys';
import { type AccountState, addSession, type World } from './state';

// Expired ones are kept for a while, to tell them from unknown ones.
const keptTokens = 50;

/** `GET /auth/session`: the session cookie against an access token. A dead session is 200 with `{}`. */
export function exchangeSession(call: Call): Answer {
  const { world, account } = call;
  const token = parseSessionCookie(call.headers.cookie);
  if (account === undefined || token === undefined || account.dead) return jsonAnswer({});
  if (account.migrated) return htmlAnswer(200, 'Flow');
  world.recorder.exchange(account.email);
  const user = {
    name: account.name,
    email: account.email,
    image: `https://lh3.googleusercontent.com/a/${encodeURIComponent(account.email)}=s96-c`,
  };
  if (account.refreshNeeded) {
    const expires = new Date(world.now() - 60_000).toISOString();
    return jsonAnswer({
      user,
      expires,
      access_token: issueToken(world, account, 0),
      error: 'ACCESS_TOKEN_REFRESH_NEEDED',
    });
  }
  const { accessToken, endsAt } = currentToken(world, account);
  const expiresAt = account.expiresAheadMs === undefined ? endsAt : world.now() + account.expiresAheadMs;
  return jsonAnswer(
    { user, expires: new Date(expiresAt).toISOString(), access_token: accessToken },
    200,
    rotationHeaders(world, account),
  );
}

/** The token at hand while a sixth of its life remains, else a new one: the call is the refresh. */
function currentToken(world: World, account: AccountState): { accessToken: string; endsAt: number } {
  const needed = world.now() + account.accessTokenLifetimeMs / 6;
  for (const [accessToken, endsAt] of account.accessTokens) {
    if (endsAt > needed) return { accessToken, endsAt };
  }
  const accessToken = issueToken(world, account, account.accessTokenLifetimeMs);
  return { accessToken, endsAt: world.now() + account.accessTokenLifetimeMs };
}

function issueToken(world: World, account: AccountState, lifetimeMs: number): string {
  const token = `ya29.a0${world.random.hex32()}${world.random.hex32()}`;
  account.accessTokens.set(token, world.now() + lifetimeMs);
  for (const oldest of account.accessTokens.keys()) {
    if (account.accessTokens.size <= keptTokens) break;
    account.accessTokens.delete(oldest);
    world.bearers.delete(oldest);
  }
  world.bearers.set(token, account);
  return token;
}

function rotationHeaders(world: World, account: AccountState): Record<string, string> {
  if (account.rotateSessionToken === false) return {};
  const token = `eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..${world.random.hex32()}${world.random.hex32()}`;
  if (account.rotateSessionToken === true) addSession(world, account, token);
  const expires = new Date(world.now() + 30 * 24 * 3_600_000).toUTCString();
  return {
    'set-cookie': `${sessionCookie}=${token}; Path=/; Expires=${expires}; HttpOnly; Secure; SameSite=Lax`,
  };
}

/** `GET /credits`. A balance of zero leaves `credits` out, as protobuf JSON does. */
export function readCredits(call: Call): Answer {
  const account = requireBearer(call);
  const balance = account.credits === 0 ? {} : { credits: account.credits };
  if (call.world.settings.era === '2025-12') return jsonAnswer({ ...balance, userPaygateTier: account.tier });
  return jsonAnswer({
    ...balance,
    userPaygateTier: account.tier,
    sku: skus[account.tier],
    serviceTier: serviceTiers[account.tier],
    ...(account.credits === 0 ? {} : { subscriptionCredits: account.credits }),
  });
}
