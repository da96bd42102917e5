import { jsonAnswer, Refusal } from './answer';

const rpcStatuses: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

const defaultMessages: Record<number, string> = {
  400: 'Request contains an invalid argument.',
  401: 'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
  403: 'The caller does not have permission',
  404: 'Requested entity was not found.',
  429: 'Resource has been exhausted (e.g. check quota).',
  500: 'Internal error encountered.',
  503: 'The service is currently unavailable.',
};

export type GoogleErrorParts = {
  message?: string | undefined;
  rpcStatus?: string | undefined;
  reason?: string | undefined;
  fieldViolations?: readonly { field: string; description: string }[];
};

/** Body of a failed call to the API, as `google.rpc` errors look in JSON. */
export function googleErrorBody(status: number, parts: GoogleErrorParts = {}) {
  const details: unknown[] = [];
  if (parts.reason !== undefined) {
    details.push({
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: parts.reason,
      ...(parts.reason.startsWith('PUBLIC_ERROR_') ? {} : { domain: 'googleapis.com' }),
    });
  }
  if (parts.fieldViolations !== undefined) {
    details.push({
      '@type': 'type.googleapis.com/google.rpc.BadRequest',
      fieldViolations: parts.fieldViolations,
    });
  }
  return {
    error: {
      code: status,
      message: parts.message ?? defaultMessages[status] ?? 'Unknown Error.',
      status: parts.rpcStatus ?? rpcStatuses[status] ?? 'UNKNOWN',
      ...(details.length > 0 ? { details } : {}),
    },
  };
}

/** `detail` is what the statistics say; the wire says only `parts`. */
export function googleRefusal(status: number, detail: string, parts: GoogleErrorParts = {}): Refusal {
  return new Refusal(jsonAnswer(googleErrorBody(status, parts), status), {
    message: detail,
    reason: parts.reason,
  });
}

const trpcCodes: Record<number, [name: string, code: number]> = {
  400: ['BAD_REQUEST', -32600],
  401: ['UNAUTHORIZED', -32001],
  403: ['FORBIDDEN', -32003],
  404: ['NOT_FOUND', -32004],
  405: ['METHOD_NOT_SUPPORTED', -32005],
  415: ['UNSUPPORTED_MEDIA_TYPE', -32015],
};

export function trpcErrorBody(status: number, path: string, message?: string) {
  const [name, code] = trpcCodes[status] ?? ['INTERNAL_SERVER_ERROR', -32603];
  return {
    error: { json: { message: message ?? name, code, data: { code: name, httpStatus: status, path } } },
  };
}

export function trpcRefusal(status: number, path: string, message?: string): Refusal {
  const body = trpcErrorBody(status, path, message);
  return new Refusal(jsonAnswer(body, status), { message: `${path}: ${body.error.json.message}` });
}
