'use client';

import { useEffect, useId, useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { Dialog, DialogBody, DialogContent } from '../ui/dialog';
import { Kbd } from '../ui/kbd';
import { Switch } from '../ui/switch';
import { pages } from './pages';
import { usePreferences } from './preferences-provider';
import { onSignal } from './signals';

/** Which keys do what, and the switch for those that are typed by accident (WCAG 2.2, 2.1.4). */
export function ShortcutsHelp() {
  const t = useTranslations('shell');
  const { hasShortcuts, set } = usePreferences();
  const [isOpen, setIsOpen] = useState(false);
  const labelId = useId();
  useEffect(() => onSignal('help', () => setIsOpen(true)), []);
  const rows: [keys: string[], what: string][] = [
    [['Ctrl', 'K'], t('shortcutsHelp.palette')],
    [['Ctrl', 'B'], t('shortcutsHelp.sidebar')],
    [['?'], t('shortcutsHelp.help')],
    [['/'], t('shortcutsHelp.search')],
    ...pages.map(({ key, name }): [string[], string] => [
      ['g', key],
      t('shortcutsHelp.go', { page: t(`pages.${name}`) }),
    ]),
    [['j', 'k'], t('shortcutsHelp.rows')],
    [['Enter'], t('shortcutsHelp.open')],
    [['Esc'], t('shortcutsHelp.close')],
    [['Ctrl', 'Enter'], t('shortcutsHelp.generate')],
  ];
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogContent title={t('shortcutsHelp.title')}>
        <DialogBody>
          <div className="flex min-h-11 items-center justify-between gap-4 md:min-h-0">
            <span id={labelId}>{t('shortcutsHelp.use')}</span>
            <Switch
              aria-labelledby={labelId}
              checked={hasShortcuts}
              onCheckedChange={(checked) => set({ hasShortcuts: checked })}
            />
          </div>
          <p className="text-secondary text-sm">{t('shortcutsHelp.off')}</p>
          <dl className="grid gap-1.5 text-sm">
            {rows.map(([keys, what]) => (
              <div key={what} className="flex items-center justify-between gap-4">
                <dt>{what}</dt>
                <dd className="flex gap-1">
                  {keys.map((key) => (
                    <Kbd key={key}>{key}</Kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </DialogBody>
      </DialogContent>
    </Dialog>
  );
}
