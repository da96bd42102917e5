'use client';

import {
  CircleCheck,
  CircleSlash,
  Ellipsis,
  FlaskConical,
  KeyRound,
  Pencil,
  RefreshCw,
  RotateCcw,
  ScrollText,
  Timer,
  Trash2,
} from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from '@/components/shell/use-translations';
import type { AccountRow } from '@/lib/admin-api/accounts';
import { usePersonal } from '../shell/personal';
import { Button } from '../ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '../ui/dropdown-menu';
import { useAccountActions } from './use-account-actions';

/** Everything that can be done with one account. */
export function RowMenu({ row, onEdit }: { row: AccountRow; onEdit: (row: AccountRow) => void }) {
  const t = useTranslations('accounts');
  const personal = usePersonal();
  return (
    // Not modal: the list behind it goes on, and the dialogs that it opens keep the focus.
    <DropdownMenu modal={false}>
      <DropdownMenuTrigger asChild>
        <Button
          variant="ghost"
          size="icon"
          className="md:size-8"
          aria-label={t('actionsFor', { name: personal.email(row.email) })}
        >
          <Ellipsis aria-hidden />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        <MenuItems row={row} onEdit={onEdit} />
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

function MenuItems({ row, onEdit }: { row: AccountRow; onEdit: (row: AccountRow) => void }) {
  const t = useTranslations('accounts.action');
  const { run } = useAccountActions();
  const isLeaving = row.is_being_removed;
  const hasErrors = row.error_streak > 0 || row.health.state === 'banned';
  return (
    <>
      <DropdownMenuItem onSelect={() => run(row, { type: 'refresh_access' })}>
        <RefreshCw aria-hidden />
        {t('refresh_access')}
      </DropdownMenuItem>
      <DropdownMenuItem disabled={isLeaving} onSelect={() => run(row, { type: 'refresh_credits' })}>
        <RefreshCw aria-hidden />
        {t('refresh_credits')}
      </DropdownMenuItem>
      <DropdownMenuItem onSelect={() => run(row, { type: 'replace_token' })}>
        <KeyRound aria-hidden />
        {t('replace_token')}
      </DropdownMenuItem>
      <DropdownMenuItem asChild disabled={isLeaving}>
        <Link href={`/admin/playground?account=${encodeURIComponent(row.id)}`}>
          <FlaskConical aria-hidden />
          {t('test')}
        </Link>
      </DropdownMenuItem>
      <DropdownMenuItem disabled={isLeaving} onSelect={() => onEdit(row)}>
        <Pencil aria-hidden />
        {t('edit')}
      </DropdownMenuItem>
      <DropdownMenuItem
        disabled={isLeaving}
        onSelect={() => run(row, { type: row.enabled ? 'disable' : 'enable' })}
      >
        {row.enabled ? <CircleSlash aria-hidden /> : <CircleCheck aria-hidden />}
        {t(row.enabled ? 'disable' : 'enable')}
      </DropdownMenuItem>
      <DropdownMenuItem
        disabled={isLeaving || !hasErrors}
        onSelect={() => run(row, { type: 'reset_errors' })}
      >
        <RotateCcw aria-hidden />
        {t('reset_errors')}
      </DropdownMenuItem>
      <DropdownMenuItem
        disabled={isLeaving || row.health.state !== 'cooldown'}
        onSelect={() => run(row, { type: 'end_cooldown' })}
      >
        <Timer aria-hidden />
        {t('end_cooldown')}
      </DropdownMenuItem>
      <DropdownMenuItem asChild>
        <Link href={`/admin/logs?account=${encodeURIComponent(row.id)}`}>
          <ScrollText aria-hidden />
          {t('logs')}
        </Link>
      </DropdownMenuItem>
      <DropdownMenuSeparator />
      <DropdownMenuItem tone="danger" disabled={isLeaving} onSelect={() => run(row, { type: 'delete' })}>
        <Trash2 aria-hidden />
        {t('delete')}
      </DropdownMenuItem>
    </>
  );
}
