'use client';

import { CircleCheck, LogOut } from 'lucide-react';
import { useId, useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/components/shell/use-translations';
import type { SignIn } from '@/lib/admin-api/sessions';
import { Countdown, Missing, PastTime } from '../clock/time';
import { ConfirmDialog } from '../shell/confirm-dialog';
import { QueryProblem } from '../shell/query-problem';
import { useErrorText } from '../shell/use-error-text';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { Notice } from '../ui/notice';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table';
import { readDevice } from './device';
import { useEndSignIns, useSignIns } from './queries';

/** Where the reader is signed in, and the way to end that. */
export function SignIns({ initial }: { initial: SignIn[] }) {
  const t = useTranslations('settings');
  const id = useId();
  const errorText = useErrorText();
  const { data, error, refetch, isFetching } = useSignIns(initial);
  const end = useEndSignIns();
  const [asked, setAsked] = useState<SignIn | 'others'>();
  const nameOf = useDeviceName();
  const others = data.filter(({ current }) => !current).length;
  const ask = (which: SignIn | 'others') => {
    end.reset();
    setAsked(which);
  };
  const confirm = () => {
    if (asked === undefined) return;
    end.mutate(asked === 'others' ? asked : { id: asked.id }, {
      onSuccess: ({ ended: count }) => {
        setAsked(undefined);
        toast.success(t('signIns.ended', { count }));
      },
    });
  };
  return (
    <Card aria-labelledby={id} aria-busy={isFetching}>
      <div className="flex min-h-12 flex-wrap items-center justify-between gap-2 border-border border-b px-4 py-2">
        <h2 id={id} className="font-semibold text-lg">
          {t('signIns.title')}
        </h2>
        {others > 0 ? (
          <Button variant="dangerOutline" onClick={() => ask('others')}>
            <LogOut aria-hidden />
            {t('signIns.everywhere')}
          </Button>
        ) : (
          <span className="text-secondary text-sm">{t('signIns.onlyThis')}</span>
        )}
      </div>
      {error !== null && (
        <Notice tone="warning" role="status" className="m-4">
          <QueryProblem error={error} onRetry={() => void refetch()} />
        </Notice>
      )}
      <Table caption={t('signIns.title')}>
        <TableHead>
          <TableHeader>{t('signIns.device')}</TableHeader>
          <TableHeader>{t('signIns.address')}</TableHeader>
          <TableHeader>{t('signIns.created')}</TableHeader>
          <TableHeader>{t('signIns.seen')}</TableHeader>
          <TableHeader>{t('signIns.expires')}</TableHeader>
          <TableHeader>
            <span className="sr-only">{t('signIns.actions')}</span>
          </TableHeader>
        </TableHead>
        <TableBody>
          {data.map((row) => (
            <TableRow key={row.id}>
              <TableCell isWide>
                <span className="flex flex-wrap items-center gap-2">
                  <span title={row.user_agent ?? undefined} className="font-medium">
                    {nameOf(row)}
                  </span>
                  {row.current && <Badge tone="success" icon={CircleCheck} label={t('signIns.current')} />}
                </span>
              </TableCell>
              <TableCell isWide label={t('signIns.address')}>
                {row.address === null ? (
                  <Missing />
                ) : (
                  <span className="break-all font-mono text-xs">{row.address}</span>
                )}
              </TableCell>
              <TableCell label={t('signIns.created')}>
                <PastTime at={row.created_at} />
              </TableCell>
              <TableCell label={t('signIns.seen')}>
                <PastTime at={row.last_seen_at} />
              </TableCell>
              <TableCell label={t('signIns.expires')}>
                <Countdown until={row.expires_at} />
              </TableCell>
              <TableCell isWide className="md:text-right">
                {!row.current && (
                  <Button
                    variant="outline"
                    size="small"
                    aria-label={t('signIns.endOf', { name: nameOf(row) })}
                    onClick={() => ask(row)}
                  >
                    {t('signIns.end')}
                  </Button>
                )}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      <ConfirmDialog
        isOpen={asked !== undefined}
        onOpenChange={(isOpen) => !isOpen && setAsked(undefined)}
        title={t(asked === 'others' ? 'signIns.everywhereTitle' : 'signIns.endTitle')}
        confirmLabel={t(asked === 'others' ? 'signIns.everywhere' : 'signIns.end')}
        isBusy={end.isPending}
        error={end.error === null ? undefined : errorText(end.error)}
        onConfirm={confirm}
      >
        <p>
          {asked === 'others' || asked === undefined
            ? t('signIns.everywhereText', { count: others })
            : t('signIns.endText', { name: nameOf(asked) })}
        </p>
      </ConfirmDialog>
    </Card>
  );
}

function useDeviceName() {
  const t = useTranslations('settings');
  return ({ user_agent }: SignIn): string => {
    const device = readDevice(user_agent);
    if (device === undefined) return t('signIns.unknown');
    return 'program' in device ? t('signIns.script', { name: device.program }) : t('signIns.on', device);
  };
}
