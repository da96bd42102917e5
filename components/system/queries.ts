'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type AuditEntry, listAudit } from '@/lib/admin-api/audit';
import { callAdmin } from '@/lib/admin-api/client';
import {
  type LoopStatus,
  listLoops,
  readDiagnostics,
  readSystem,
  runLoop,
  type SystemView,
} from '@/lib/admin-api/system';
import { useLiveQuery } from '../live/live';

const refreshEveryMs = 10_000;
const whileRunningMs = 2_000;

/** How many entries of the audit list are shown. */
export const auditLength = 100;

const systemKey = ['system'] as const;
const loopsKey = ['loops'] as const;
const auditKey = ['audit'] as const;

/** The program, its checks and its database. */
export const useSystem = (initial: SystemView) =>
  useQuery({
    queryKey: systemKey,
    queryFn: ({ signal }) => callAdmin(readSystem, { signal }),
    initialData: initial,
    ...useLiveQuery(refreshEveryMs),
  });

/** Every background loop; asked more often while one was told to run. */
export const useLoops = (initial: LoopStatus[], isOneRunning: boolean) =>
  useQuery({
    queryKey: loopsKey,
    queryFn: async ({ signal }) => (await callAdmin(listLoops, { signal })).items,
    initialData: initial,
    ...useLiveQuery(isOneRunning ? whileRunningMs : refreshEveryMs),
  });

/** What was done last. */
export const useAudit = (initial: AuditEntry[]) =>
  useQuery({
    queryKey: auditKey,
    queryFn: async ({ signal }) =>
      (await callAdmin(listAudit, { query: { limit: auditLength }, signal })).items,
    initialData: initial,
    ...useLiveQuery(refreshEveryMs),
  });

/** Runs a loop now and waits for its end. */
export function useRunLoop() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => callAdmin(runLoop, { params: { name } }),
    onSettled: () =>
      Promise.all([loopsKey, systemKey, auditKey].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}

/** Asked for when it is copied, and not kept. */
export const fetchDiagnostics = async (): Promise<string> => (await callAdmin(readDiagnostics)).text;
