'use client';

import { ClipboardList } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/components/shell/use-translations';
import { useErrorText } from '../shell/use-error-text';
import { Button } from '../ui/button';
import { Dialog, DialogBody, DialogContent } from '../ui/dialog';
import { Textarea } from '../ui/textarea';
import { fetchDiagnostics } from './queries';

/** Copies the state of the system as text without secrets. Where there is no clipboard it is shown, selected. */
export function DiagnosticsButton() {
  const t = useTranslations('system');
  const common = useTranslations('common');
  const errorText = useErrorText();
  const [isBusy, setIsBusy] = useState(false);
  const [text, setText] = useState<string>();
  const copy = async () => {
    setIsBusy(true);
    try {
      const found = await fetchDiagnostics();
      // Plain HTTP has none, and some browsers refuse it after a wait.
      const isCopied = await write(found);
      if (isCopied) toast.success(common('copied'));
      else setText(found);
    } catch (error) {
      toast.error(`${t('diagnostics.failed')} ${errorText(error)}`, { duration: Infinity });
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <>
      <Button variant="outline" isBusy={isBusy} onClick={() => void copy()}>
        <ClipboardList aria-hidden />
        {t('diagnostics.copy')}
      </Button>
      <Dialog open={text !== undefined} onOpenChange={(isOpen) => !isOpen && setText(undefined)}>
        <DialogContent
          title={t('diagnostics.title')}
          description={t('diagnostics.text')}
          className="sm:max-w-3xl"
        >
          <DialogBody>
            <p className="font-medium">{common('pressCtrlC')}</p>
            <Textarea
              readOnly
              aria-label={t('diagnostics.title')}
              lang="en"
              rows={16}
              value={text ?? ''}
              ref={(field) => {
                field?.focus();
                field?.select();
              }}
              onFocus={(event) => event.target.select()}
              className="font-mono text-xs"
            />
          </DialogBody>
        </DialogContent>
      </Dialog>
    </>
  );
}

async function write(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
