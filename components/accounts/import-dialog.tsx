'use client';

import { CirclePlus, CircleX, Copy as DuplicateIcon, type LucideIcon, RefreshCw } from 'lucide-react';
import { type ChangeEvent, useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { type ImportPreview, previewImport, startImport } from '@/lib/admin-api/accounts';
import { callAdmin } from '@/lib/admin-api/client';
import { Missing } from '../clock/time';
import { usePersonal } from '../shell/personal';
import { QueryProblem } from '../shell/query-problem';
import { useFormat } from '../shell/use-format';
import { Badge, type Tone } from '../ui/badge';
import { Button } from '../ui/button';
import { Dialog, DialogBody, DialogClose, DialogContent, DialogFooter } from '../ui/dialog';
import { Field } from '../ui/field';
import { Notice } from '../ui/notice';
import { RadioGroup, RadioItem } from '../ui/radio-group';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table';
import { Textarea } from '../ui/textarea';
import { download } from './download';
import { failedRows, type ImportMode, isImported, readImport } from './import-file';
import { Problem } from './problem';
import { useAccountCache, useTask } from './queries';
import { TaskProgress } from './task-progress';
import { useFieldMessage } from './use-account-words';
import { useCall } from './use-call';

type ImportDialogProps = {
  isOpen: boolean;
  onClose: () => void;
  /** The page goes on showing the task when the dialog is closed. */
  onStarted: (taskId: string) => void;
};

type Previewed = { accounts: unknown[]; preview: ImportPreview };
type Started = Previewed & { taskId: string; sent: number[] };

/** Accounts from a file, in three steps: the file, what it would do, what came of it. Nothing is written before. */
export function ImportDialog({ isOpen, onClose, onStarted }: ImportDialogProps) {
  const t = useTranslations('accounts.import');
  return (
    <Dialog open={isOpen} onOpenChange={(wanted) => !wanted && onClose()}>
      <DialogContent
        title={t('title')}
        description={t('nothingWritten')}
        className="sm:max-w-3xl"
        onInteractOutside={(event) => event.preventDefault()}
      >
        <Steps onStarted={onStarted} />
      </DialogContent>
    </Dialog>
  );
}

/** Lives as long as the dialog is open: afterwards the tokens of the file are nowhere in the page. */
function Steps({ onStarted }: Pick<ImportDialogProps, 'onStarted'>) {
  const [previewed, setPreviewed] = useState<Previewed>();
  const [started, setStarted] = useState<Started>();
  if (started !== undefined) return <ResultStep started={started} />;
  if (previewed === undefined) return <FileStep onPreviewed={setPreviewed} />;
  return (
    <PreviewStep
      previewed={previewed}
      onBack={() => setPreviewed(undefined)}
      onStarted={(taskId, sent) => {
        setStarted({ ...previewed, taskId, sent });
        onStarted(taskId);
      }}
    />
  );
}

function FileStep({ onPreviewed }: { onPreviewed: (previewed: Previewed) => void }) {
  const t = useTranslations('accounts.import');
  const common = useTranslations('common');
  const message = useFieldMessage();
  const [text, setText] = useState('');
  const [fault, setFault] = useState<string>();
  const { run, isPending, error } = useCall((accounts: unknown[]) =>
    callAdmin(previewImport, { body: { accounts } }),
  );
  const show = async (content: string) => {
    const read = readImport(content);
    if ('fault' in read) return setFault(read.fault);
    setFault(undefined);
    const ended = await run(read.accounts);
    if (ended !== undefined && 'output' in ended)
      onPreviewed({ accounts: read.accounts, preview: ended.output });
  };
  const choose = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    if (file !== undefined) await show(await file.text());
  };
  return (
    <form
      noValidate
      className="flex min-h-0 flex-1 flex-col"
      onSubmit={(event) => {
        event.preventDefault();
        void show(text);
      }}
    >
      <DialogBody>
        <Problem error={error} />
        <Field label={t('file')} hint={t('fileHint')}>
          {(control) => (
            <input
              {...control}
              type="file"
              accept=".json,application/json"
              className="min-h-11 w-full text-sm file:mr-3 file:h-9 file:rounded-md file:border file:border-input file:bg-card file:px-3 file:text-text md:min-h-9"
              onChange={(event) => void choose(event)}
            />
          )}
        </Field>
        <Field label={t('paste')} error={message(fault)}>
          {(control) => (
            <Textarea
              {...control}
              rows={8}
              autoComplete="off"
              spellCheck={false}
              className="max-h-72 font-mono"
              placeholder='[{"email": "…", "session_token": "…"}]'
              value={text}
              onChange={(event) => {
                setText(event.target.value);
                setFault(undefined);
              }}
            />
          )}
        </Field>
      </DialogBody>
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="outline">{common('cancel')}</Button>
        </DialogClose>
        <Button type="submit" isBusy={isPending}>
          {t('preview')}
        </Button>
      </DialogFooter>
    </form>
  );
}

const looks: Record<ImportPreview['rows'][number]['status'], { tone: Tone; icon: LucideIcon }> = {
  new: { tone: 'success', icon: CirclePlus },
  update: { tone: 'info', icon: RefreshCw },
  duplicate: { tone: 'neutral', icon: DuplicateIcon },
  invalid: { tone: 'danger', icon: CircleX },
};
const statuses = ['new', 'update', 'duplicate', 'invalid'] as const;

type PreviewProps = {
  previewed: Previewed;
  onBack: () => void;
  onStarted: (taskId: string, sent: number[]) => void;
};

function PreviewStep({ previewed: { accounts, preview }, onBack, onStarted }: PreviewProps) {
  const t = useTranslations('accounts.import');
  const common = useTranslations('common');
  const format = useFormat();
  const [mode, setMode] = useState<ImportMode>('add_and_update');
  const { run, isPending, error } = useCall((body: { accounts: unknown[]; mode: ImportMode }) =>
    callAdmin(startImport, { body }),
  );
  const sent = preview.rows.filter((row) => isImported(row, mode)).map(({ row }) => row);
  const start = async () => {
    const ended = await run({ accounts: sent.map((row) => accounts[row - 1]), mode });
    if (ended !== undefined && 'output' in ended) onStarted(ended.output.id, sent);
  };
  return (
    <form
      className="flex min-h-0 flex-1 flex-col"
      onSubmit={(event) => {
        event.preventDefault();
        if (sent.length > 0) void start();
      }}
    >
      <DialogBody>
        <Problem error={error} />
        <p role="status" className="flex flex-wrap gap-2">
          {statuses.map((status) => (
            <Badge
              key={status}
              {...looks[status]}
              label={`${t(`status.${status}`)} ${format.count(preview.counts[status])}`}
            />
          ))}
        </p>
        {preview.ignored_fields.length > 0 && (
          <Notice tone="info">{t('ignored', { names: preview.ignored_fields.join(', ') })}</Notice>
        )}
        <RadioGroup
          aria-label={t('mode')}
          value={mode}
          onValueChange={(value) => setMode(value === 'add_only' ? 'add_only' : 'add_and_update')}
        >
          <RadioItem value="add_and_update" label={t('addAndUpdate')} hint={t('addAndUpdateHint')} />
          <RadioItem value="add_only" label={t('addOnly')} hint={t('addOnlyHint')} />
        </RadioGroup>
        <PreviewTable rows={preview.rows} />
      </DialogBody>
      <DialogFooter>
        <Button variant="outline" onClick={onBack} disabled={isPending}>
          {common('back')}
        </Button>
        <Button type="submit" isBusy={isPending} disabled={sent.length === 0}>
          {t('import', { count: sent.length })}
        </Button>
      </DialogFooter>
    </form>
  );
}

function PreviewTable({ rows }: { rows: ImportPreview['rows'] }) {
  const t = useTranslations('accounts.import');
  const personal = usePersonal();
  const nameOf = ({ email, status }: ImportPreview['rows'][number]) => {
    if (email !== null) return personal.email(email);
    return status === 'invalid' ? <Missing /> : t('unknown');
  };
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
      tabIndex={0}
      aria-label={t('rows')}
      className="max-h-80 overflow-y-auto rounded-md border border-border"
    >
      <Table caption={t('rows')}>
        <TableHead>
          <TableHeader isNumeric>{t('row')}</TableHeader>
          <TableHeader>{t('account')}</TableHeader>
          <TableHeader>{t('what')}</TableHeader>
        </TableHead>
        <TableBody>
          {rows.map((row) => (
            <TableRow key={row.row}>
              <TableCell label={t('row')} isNumeric>
                {row.row}
              </TableCell>
              <TableCell className="wrap-anywhere max-md:col-span-2">{nameOf(row)}</TableCell>
              <TableCell isWide>
                <Badge {...looks[row.status]} label={t(`status.${row.status}`)} />
                {row.reason !== undefined && (
                  <p lang="en" className="wrap-anywhere mt-1 text-secondary text-xs">
                    {row.reason}
                  </p>
                )}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </section>
  );
}

function ResultStep({ started }: { started: Started }) {
  const t = useTranslations('accounts.import');
  const common = useTranslations('common');
  const cache = useAccountCache();
  const { data: task, error, refetch } = useTask(started.taskId);
  const isEnded = task !== undefined && task.state !== 'running';
  const failed = failedRows(started.accounts, started.preview.rows, started.sent, task);
  return (
    <>
      <DialogBody>
        {error !== null && (
          <Notice tone="danger" role="alert">
            <QueryProblem error={error} onRetry={() => void refetch()} />
          </Notice>
        )}
        {task !== undefined && <TaskProgress task={task} />}
        {!isEnded && <p className="text-secondary text-sm">{t('goesOn')}</p>}
      </DialogBody>
      <DialogFooter>
        {isEnded && failed.length > 0 && (
          <Button
            variant="outline"
            onClick={() =>
              download('failed-accounts.json', JSON.stringify(failed, null, 2), 'application/json')
            }
          >
            {t('downloadFailed')}
          </Button>
        )}
        <DialogClose asChild>
          <Button onClick={() => void cache.refetch()}>{common('close')}</Button>
        </DialogClose>
      </DialogFooter>
    </>
  );
}
