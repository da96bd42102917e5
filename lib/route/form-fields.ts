import { GatewayError } from '../errors';

const deepest = 5;

/** A value, or what stands below it, by the text between the brackets. */
type Node = { values: unknown[]; below: Map<string, Node> };

const makeNode = (): Node => ({ values: [], below: new Map() });

/**
 * The values of a form nested as the names say: `video[id]` is an object, `image[]` and `image[0]` are lists, and so is a
 * name that comes more than once. Throws `invalid_request` for a name that is both, or is nested more than five deep.
 */
export function nestFields(
  entries: Iterable<readonly [name: string, value: unknown]>,
): Record<string, unknown> {
  const root = makeNode();
  for (const [name, value] of entries) {
    let node = root;
    for (const key of pathOf(name)) {
      // Values without a number stand in their order behind one another.
      const place = key === '' ? `${node.below.size}` : key;
      const next = node.below.get(place) ?? makeNode();
      node.below.set(place, next);
      node = next;
    }
    node.values.push(value);
  }
  return objectOf(root, []);
}

/** `a[b][]` as `a`, `b` and the empty text; a name with other brackets is one key. */
function pathOf(name: string): string[] {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name);
  if (match === null) return [name];
  const path = [
    match[1] ?? name,
    ...[...(match[2] ?? '').matchAll(/\[([^[\]]*)\]/g)].map(([, key = '']) => key),
  ];
  if (path.length > deepest) throw refuse(name, `is nested more than ${deepest} deep`);
  return path;
}

function nestedValue(node: Node, path: readonly string[]): unknown {
  if (node.below.size === 0) return node.values.length === 1 ? node.values[0] : node.values;
  if (node.values.length > 0) throw refuse(path.join('.'), 'is given both as a value and with parts of it');
  const keys = [...node.below.keys()];
  if (!keys.every((key) => /^\d+$/.test(key))) return objectOf(node, path);
  return [...node.below]
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([key, below]) => nestedValue(below, [...path, key]));
}

/** Own properties only, whatever their names are: no name of a client reaches a prototype. */
const objectOf = (node: Node, path: readonly string[]): Record<string, unknown> =>
  Object.fromEntries([...node.below].map(([key, below]) => [key, nestedValue(below, [...path, key])]));

const refuse = (param: string, fault: string) =>
  new GatewayError('invalid_request', `"${param.slice(0, 100)}" ${fault}.`, { param: param.slice(0, 100) });
