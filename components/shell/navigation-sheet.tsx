'use client';

import { Menu } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { Button } from '../ui/button';
import { Dialog, DialogContent, DialogTrigger } from '../ui/dialog';
import { Navigation } from './navigation';

/** The sidebar of phones: a sheet from the left. */
export function NavigationSheet() {
  const t = useTranslations('shell');
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogTrigger asChild>
        <Button variant="ghost" size="icon" aria-label={t('openNavigation')} className="md:hidden">
          <Menu aria-hidden />
        </Button>
      </DialogTrigger>
      <DialogContent title="Flow2API" placement="left">
        <div className="p-3">
          <Navigation onNavigate={() => setIsOpen(false)} />
        </div>
      </DialogContent>
    </Dialog>
  );
}
