'use client';

import {
  ChartColumn,
  CircleCheck,
  CircleSlash,
  EllipsisVertical,
  Pencil,
  RotateCw,
  ScrollText,
  Trash2,
} from 'lucide-react';
import Link from 'next/link';
import { toast } from 'sonner';
import { useTranslations } from '@/components/shell/use-translations';
import type { KeyRow } from '@/lib/admin-api/keys';
import { useErrorText } from '../shell/use-error-text';
import { Button } from '../ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '../ui/dropdown-menu';
import { useSwitchKey } from './queries';

/** What a row asks the panel to open: the panel outlives the row. */
export type KeyDialog = 'edit' | 'rotate' | 'delete';

const undoMs = 8_000;

/** The menu of one key. */
export function KeyActions({
  row,
  onDialog,
}: {
  row: KeyRow;
  onDialog: (dialog: KeyDialog, row: KeyRow) => void;
}) {
  const t = useTranslations('keys');
  const tc = useTranslations('common');
  const change = useKeySwitch();
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="iconSmall" aria-label={tc('table.actionsFor', { name: row.name })}>
          <EllipsisVertical aria-hidden />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        <DropdownMenuItem onSelect={() => onDialog('edit', row)}>
          <Pencil aria-hidden />
          {tc('edit')}
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => void change(row, !row.enabled)}>
          {row.enabled ? <CircleSlash aria-hidden /> : <CircleCheck aria-hidden />}
          {row.enabled ? tc('disable') : tc('enable')}
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => onDialog('rotate', row)}>
          <RotateCw aria-hidden />
          {t('rotate.action')}
        </DropdownMenuItem>
        <DropdownMenuSeparator />
        <DropdownMenuItem asChild>
          <Link href={`/admin/usage?key=${encodeURIComponent(row.id)}`}>
            <ChartColumn aria-hidden />
            {t('viewUsage')}
          </Link>
        </DropdownMenuItem>
        <DropdownMenuItem asChild>
          <Link href={`/admin/logs?key=${encodeURIComponent(row.id)}`}>
            <ScrollText aria-hidden />
            {t('viewLogs')}
          </Link>
        </DropdownMenuItem>
        <DropdownMenuSeparator />
        <DropdownMenuItem tone="danger" onSelect={() => onDialog('delete', row)}>
          <Trash2 aria-hidden />
          {tc('delete')}
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

/** Switches a key on or off at once; off can be undone for some seconds. */
function useKeySwitch() {
  const t = useTranslations('keys');
  const tc = useTranslations('common');
  const errorText = useErrorText();
  const { mutateAsync } = useSwitchKey();
  return async function change(row: KeyRow, enabled: boolean) {
    const { name } = row;
    try {
      await mutateAsync({ id: row.id, enabled });
    } catch (error) {
      toast.error(t('notChanged', { name, reason: errorText(error) }), { duration: Infinity });
      return;
    }
    if (enabled) {
      toast.success(t('enabled', { name }));
      return;
    }
    toast.success(t('disabled', { name }), {
      duration: undoMs,
      action: { label: tc('undo'), onClick: () => void change(row, true) },
    });
  };
}
