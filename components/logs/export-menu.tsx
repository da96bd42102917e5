'use client';

import { ChevronDown, Download } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { encodeQuery } from '@/lib/admin-api/client';
import { exportLogs } from '@/lib/admin-api/logs';
import { Button } from '../ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuTrigger,
} from '../ui/dropdown-menu';
import { type LogListState, toLogFilter } from './log-list';

const formats = ['csv', 'jsonl'] as const;

/** What matches as a file. */
export function ExportMenu({ state }: { state: LogListState }) {
  const t = useTranslations('logs.export');
  const save = (format: (typeof formats)[number]) => {
    const link = document.createElement('a');
    // The span is that of this moment, not of when the menu was drawn.
    link.href = `${exportLogs.path}${encodeQuery({ ...toLogFilter(state, new Date()), format })}`;
    link.download = `requests.${format}`;
    link.click();
  };
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="outline">
          <Download aria-hidden />
          {t('title')}
          <ChevronDown aria-hidden className="text-secondary" />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        {formats.map((format) => (
          <DropdownMenuItem key={format} onSelect={() => save(format)}>
            {t(format)}
          </DropdownMenuItem>
        ))}
        <DropdownMenuLabel>{t('limit')}</DropdownMenuLabel>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
