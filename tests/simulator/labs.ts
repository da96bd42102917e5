import type { z } from 'zod';
import { type Answer, jsonAnswer } from './answer';
import { type Call, parseJson, requireSession } from './call';
import { trpcRefusal } from './google-error';
import { projectListing } from './listing';
import { createProjectInput, deleteMediaInput, deleteProjectInput, projectInitialDataInput } from './schemas';
import {
  type AccountState,
  addProject,
  deleteMedia,
  findMedia,
  findProject,
  type Project,
  type World,
} from './state';

/** `POST /trpc/project.createProject` */
export function createProject(call: Call): Answer {
  const procedure = 'project.createProject';
  const account = requireSession(call, procedure);
  const { json } = readInput(call, procedure, createProjectInput);
  const project = addProject(call.world, account, { id: call.world.random.uuid(), title: json.projectTitle });
  return trpcAnswer({ projectId: project.id, projectInfo: { projectTitle: project.title } });
}

/** `POST /trpc/project.deleteProject`. For good: what is in it goes too. */
export function deleteProject(call: Call): Answer {
  const procedure = 'project.deleteProject';
  const account = requireSession(call, procedure);
  const { json } = readInput(call, procedure, deleteProjectInput);
  const project = requireOwnProject(call.world, account, json.projectToDeleteId, procedure);
  for (const media of [...project.media]) deleteMedia(call.world, media);
  call.world.projects.delete(project.id);
  account.projects.delete(project.id);
  return trpcAnswer({});
}

/** `POST /trpc/media.deleteMedia` */
export function deleteMediaByName(call: Call): Answer {
  const procedure = 'media.deleteMedia';
  const account = requireSession(call, procedure);
  const { json } = readInput(call, procedure, deleteMediaInput);
  const found = json.names.map((name) => findMedia(call.world, account, name));
  for (const media of found) {
    if (media === undefined) throw trpcRefusal(404, procedure, 'Media not found');
    deleteMedia(call.world, media);
  }
  return trpcAnswer({});
}

/** `GET /trpc/flow.projectInitialData?input=…`: the model catalog and what the project holds. */
export function readProject(call: Call): Answer {
  const procedure = 'flow.projectInitialData';
  const account = requireSession(call, procedure);
  if (call.world.settings.listing === 'withheld') {
    throw trpcRefusal(404, procedure, `No procedure found on path "${procedure}"`);
  }
  const text = call.url.searchParams.get('input');
  const input = parseInput(text, procedure, projectInitialDataInput);
  const project = requireOwnProject(call.world, account, input.json.projectId, procedure);
  return jsonAnswer({ result: { data: { json: projectListing(call.world, account, project) } } });
}

function trpcAnswer(result: unknown): Answer {
  return jsonAnswer({ result: { data: { json: { result, status: 200, statusText: 'OK' } } } });
}

function requireOwnProject(world: World, account: AccountState, id: string, procedure: string): Project {
  const project = findProject(world, account, id);
  if (project === undefined) throw trpcRefusal(404, procedure, 'Project not found');
  return project;
}

function readInput<Schema extends z.ZodType>(call: Call, procedure: string, schema: Schema): z.infer<Schema> {
  if (!call.headers['content-type']?.startsWith('application/json')) throw trpcRefusal(415, procedure);
  return parseInput(call.text, procedure, schema);
}

function parseInput<Schema extends z.ZodType>(
  text: string | null,
  procedure: string,
  schema: Schema,
): z.infer<Schema> {
  const parsed = schema.safeParse(parseJson(text ?? ''));
  if (!parsed.success) throw trpcRefusal(400, procedure, JSON.stringify(parsed.error.issues));
  return parsed.data;
}
