'use client';

import { useId, useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import type { KeyWithValue } from '@/lib/admin-api/keys';
import { Button } from '../ui/button';
import { CheckboxField } from '../ui/checkbox';
import { CopyButton } from '../ui/copy-button';
import { Dialog, DialogBody, DialogContent, DialogFooter } from '../ui/dialog';
import { Input } from '../ui/input';
import { Notice } from '../ui/notice';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '../ui/tabs';
import type { ModelChoice } from './key-list';
import { keyVariable, modelForSnippet, snippetClients, writeSnippet } from './snippets';

type SaveKeyProps = {
  created: KeyWithValue;
  /** What addresses of this gateway begin with. */
  origin: string;
  models: readonly ModelChoice[];
};

/**
 * Shows the value of a new key once. Until it was copied, or the reader says to have it, nothing closes the dialog;
 * afterwards the value is nowhere in the page: whoever draws this forgets `created` in `onClose`.
 */
export function SaveKeyDialog({ onClose, ...key }: SaveKeyProps & { onClose: () => void }) {
  const t = useTranslations('keys');
  const [isStored, setIsStored] = useState(false);
  const stay = (event: Event) => {
    if (!isStored) event.preventDefault();
  };
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DialogContent
        title={t('save.title')}
        description={t('save.once', { name: key.created.key.name })}
        hasClose={isStored}
        onEscapeKeyDown={stay}
        onInteractOutside={stay}
        className="sm:max-w-2xl"
      >
        <DialogBody>
          <Value value={key.created.value} onCopied={() => setIsStored(true)} />
          <Snippets {...key} />
        </DialogBody>
        <DialogFooter className="justify-between">
          <CheckboxField
            checked={isStored}
            onCheckedChange={(checked) => setIsStored(checked === true)}
            label={t('save.stored')}
          />
          <Button disabled={!isStored} onClick={onClose}>
            {t('save.done')}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}

function Value({ value, onCopied }: { value: string; onCopied: () => void }) {
  const t = useTranslations('keys');
  const id = useId();
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="font-medium">
        {t('save.value')}
      </label>
      <div className="flex flex-wrap gap-2">
        <Input
          id={id}
          readOnly
          value={value}
          autoComplete="off"
          spellCheck={false}
          className="min-w-0 flex-1 basis-64 font-mono"
          onFocus={(event) => event.target.select()}
          onCopy={() => onCopied()}
        />
        <CopyButton text={value} label={t('save.copy')} onCopied={onCopied} variant="primary" />
      </div>
      <Notice tone="warning">{t('save.warning')}</Notice>
    </div>
  );
}

function Snippets({ created, origin, models }: SaveKeyProps) {
  const t = useTranslations('keys');
  const model = modelForSnippet(created.key, models);
  return (
    <div className="grid grid-cols-1 gap-1.5">
      <p className="font-medium">{t('save.firstRequest')}</p>
      <p className="text-secondary text-sm">
        {t.rich('save.variable', {
          name: keyVariable,
          code: (text) => <code className="font-mono">{text}</code>,
        })}
      </p>
      <Tabs defaultValue={snippetClients[0]}>
        <TabsList aria-label={t('save.firstRequest')}>
          {snippetClients.map((client) => (
            <TabsTrigger key={client} value={client}>
              {client}
            </TabsTrigger>
          ))}
        </TabsList>
        {snippetClients.map((client) => {
          const text = writeSnippet(client, { origin, model });
          return (
            <TabsContent key={client} value={client} className="relative rounded-md bg-muted">
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be in reach of the keyboard */}
              <pre tabIndex={0} className="max-h-56 overflow-auto p-3 pr-14 font-mono text-xs">
                <code>{text}</code>
              </pre>
              <CopyButton
                isSmall
                text={text}
                label={t('save.copySnippet', { client })}
                className="absolute top-1 right-1"
              />
            </TabsContent>
          );
        })}
      </Tabs>
    </div>
  );
}
