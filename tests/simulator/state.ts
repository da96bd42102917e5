import { randomBytes } from 'node:crypto';
import type { OperationRecord, SimulatorAccount, SimulatorOptions, SimulatorSettings } from './contract';
import { createFaultBox, type FaultBox } from './faults';
import { createRandomSource, type RandomSource } from './ids';
import { createRecorder, type Recorder } from './stats';

/** An account while it lives: everything may be changed from outside, and takes effect with the next call. */
export type AccountState = Omit<Required<SimulatorAccount>, 'sessionToken' | 'projects' | OptionalMember> &
  Pick<SimulatorAccount, OptionalMember> & {
    /** All values of the session cookie that work. */
    readonly sessionTokens: Set<string>;
    /** Access token to its end. Clearing it makes all of them unknown. */
    readonly accessTokens: Map<string, number>;
    readonly projects: Set<string>;
    /** `<day> <model key>` to accepted generations. */
    readonly modelUses: Map<string, number>;
    runningImages: number;
    runningVideos: number;
  };
type OptionalMember = 'concurrency' | 'dailyModelQuota' | 'challengeToken' | 'expiresAheadMs';

export type Project = {
  id: string;
  title: string;
  account: AccountState;
  media: Set<Media>;
  createdAt: number;
};

export type MediaOrigin = 'upload' | 'generated' | 'upsampled';

/** One picture or video of upstream. The bytes are made from these facts whenever someone asks. */
export type Media = {
  /** What calls use: a UUID, a long base64 id, or `<uuid>_upsampled`. */
  name: string;
  /** What stands in CDN paths. */
  fileId: string;
  kind: 'image' | 'video';
  origin: MediaOrigin;
  account: AccountState;
  project: Project | undefined;
  workflowId: string;
  batchId: string | null;
  sceneId: string | null;
  modelKey: string;
  prompt: string;
  seed: number;
  aspectRatio: string;
  width: number;
  height: number;
  /** 0 for pictures. */
  seconds: number;
  references: readonly Media[];
  /** Uploads only: a small JPEG of it. */
  thumbnail: Buffer | undefined;
  createdAt: number;
  /** When the file can be fetched; undefined while it is made, or when that failed. */
  readyAt: number | undefined;
  expiresAt: number;
  operation: Operation | undefined;
};

export type Outcome = {
  /** Full status name; undefined: no status at all. */
  status: string | undefined;
  end: 'success' | 'failure' | 'never';
  error?: { code: number; message: string };
  failureReasons?: readonly string[];
};

/** A running or ended video. */
export type Operation = {
  record: OperationRecord;
  name: string;
  account: AccountState;
  media: Media;
  startedAt: number;
  endsAt: number;
  waitingStatus: string;
  outcome: Outcome;
};

export type Concatenation = {
  account: AccountState;
  endsAt: number;
  seconds: number;
  first: Media;
  inputs: number;
};

export type World = {
  settings: SimulatorSettings;
  now: () => number;
  advance: (ms: number) => void;
  baseUrl: () => string;
  random: RandomSource;
  signingKey: Buffer;
  accounts: Map<string, AccountState>;
  sessions: Map<string, AccountState>;
  /** Also expired ones: they say whose call was refused. */
  bearers: Map<string, AccountState>;
  projects: Map<string, Project>;
  media: Map<string, Media>;
  files: Map<string, Media>;
  /** Uploads that still have their small picture, oldest first. */
  uploads: Media[];
  operations: Map<string, Operation>;
  running: Set<Operation>;
  concatenations: Map<string, Concatenation>;
  faults: FaultBox;
  recorder: Recorder;
};

const defaults: SimulatorSettings = {
  era: '2026-08',
  imageLatencyMs: 0,
  videoDurationMs: 300,
  upscaleDurationMs: 300,
  concatenationDurationMs: 200,
  latencyMs: 0,
  render: true,
  listing: 'on',
  listingDelayMs: 0,
  pollPercent: false,
  seed: 0,
  urlLifetimeMs: 24 * 3_600_000,
  uploadLifetimeMs: Number.POSITIVE_INFINITY,
  fileDelayMs: 0,
  redirectStatus: 307,
  imageAnswer: 'url',
  cancelTakesEffect: true,
  adoptProjects: false,
};

export function createWorld(options: SimulatorOptions, baseUrl: () => string): World {
  const { port: _port, accounts = [], ...chosen } = options;
  const settings = { ...defaults, ...chosen };
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;
  const world: World = {
    settings,
    now,
    advance: (ms) => {
      aheadMs += ms;
    },
    baseUrl,
    random: createRandomSource(settings.seed),
    signingKey: randomBytes(32),
    accounts: new Map(),
    sessions: new Map(),
    bearers: new Map(),
    projects: new Map(),
    media: new Map(),
    files: new Map(),
    uploads: [],
    operations: new Map(),
    running: new Set(),
    concatenations: new Map(),
    faults: createFaultBox(),
    recorder: createRecorder(),
  };
  for (const account of accounts) addAccount(world, account);
  return world;
}

export function addAccount(world: World, given: SimulatorAccount): AccountState {
  const { sessionToken, projects = [], ...facts } = given;
  const account: AccountState = {
    name: given.email.split('@')[0] ?? given.email,
    dead: false,
    refreshNeeded: false,
    migrated: false,
    accessTokenLifetimeMs: 3_600_000,
    rotateSessionToken: false,
    challenge: false,
    ...facts,
    sessionTokens: new Set(),
    accessTokens: new Map(),
    projects: new Set(),
    modelUses: new Map(),
    runningImages: 0,
    runningVideos: 0,
  };
  world.accounts.set(account.email, account);
  addSession(world, account, sessionToken);
  for (const id of projects) addProject(world, account, { id, title: 'Simulator' });
  return account;
}

/** One more cookie value that leads to the account. */
export function addSession(world: World, account: AccountState, token: string): void {
  account.sessionTokens.add(token);
  world.sessions.set(token, account);
}

export function addProject(
  world: World,
  account: AccountState,
  named: { id: string; title: string },
): Project {
  const project: Project = { ...named, account, media: new Set(), createdAt: world.now() };
  world.projects.set(project.id, project);
  account.projects.add(project.id);
  return project;
}

/** The account's project of that id. */
export function findProject(world: World, account: AccountState, id: string): Project | undefined {
  const project = world.projects.get(id);
  if (project === undefined && world.settings.adoptProjects) {
    return addProject(world, account, { id, title: 'Adopted' });
  }
  return project?.account === account ? project : undefined;
}

export function addMedia(world: World, media: Media): void {
  world.media.set(media.name, media);
  world.files.set(media.fileId, media);
  media.project?.media.add(media);
}

export function deleteMedia(world: World, media: Media): void {
  world.media.delete(media.name);
  world.files.delete(media.fileId);
  media.project?.media.delete(media);
  if (media.operation !== undefined) {
    world.operations.delete(media.operation.name);
  }
}

/** The media of that name, when it is the account's and has not expired. */
export function findMedia(world: World, account: AccountState, name: string): Media | undefined {
  const media = world.media.get(name);
  if (media === undefined || media.account !== account) return undefined;
  return media.expiresAt > world.now() ? media : undefined;
}

export function isReady(world: World, media: Media): boolean {
  return media.readyAt !== undefined && media.readyAt <= world.now();
}
