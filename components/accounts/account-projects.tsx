'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { FolderOpen } from 'lucide-react';
import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { z } from 'zod';
import { useTranslations } from '@/components/shell/use-translations';
import { type AccountDetail, createAccountProject } from '@/lib/admin-api/accounts';
import { PastTime } from '../clock/time';
import { usePersonal } from '../shell/personal';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { ShortId } from './columns';
import { fieldsOf } from './form-parts';
import { Problem } from './problem';
import { sendEdit, sendProject, useAccountCache } from './queries';
import { useFieldMessage } from './use-account-words';
import { useCall } from './use-call';

/** The projects of an account: which one new jobs work in, another choice, and a new one. */
export function AccountProjects({ account }: { account: AccountDetail }) {
  const t = useTranslations('accounts');
  const personal = usePersonal();
  const cache = useAccountCache();
  const { run, isPending, error } = useCall((projectId: string) =>
    sendEdit(account.id, { project_id: projectId }),
  );
  const choose = async (projectId: string) => {
    const ended = await run(projectId);
    if (ended === undefined || 'error' in ended) return;
    cache.put(ended.output);
    toast.success(t('done.project', { name: personal.email(account.email) }));
    await cache.refetch();
  };
  return (
    <div className="grid gap-4">
      <Problem error={error} />
      {account.projects.length === 0 ? (
        <EmptyState icon={FolderOpen} title={t('projects.empty')}>
          {t('projects.emptyHow')}
        </EmptyState>
      ) : (
        <ul
          aria-label={t('projects.title')}
          className="divide-y divide-border rounded-md border border-border"
        >
          {account.projects.map((project) => (
            <li key={project.project_id} className="flex flex-wrap items-center justify-between gap-2 p-3">
              <div className="grid min-w-0 gap-0.5">
                <span className="wrap-anywhere font-medium">
                  {project.title === '' ? t('projects.untitled') : project.title}
                </span>
                <span className="flex flex-wrap items-center gap-x-3 text-secondary text-xs">
                  <ShortId id={project.project_id} label={t('copyProjectId')} />
                  <PastTime at={project.created_at} />
                </span>
              </div>
              {project.is_current ? (
                <Badge tone="info" icon={FolderOpen} label={t('projects.current')} />
              ) : (
                <Button
                  variant="outline"
                  size="small"
                  isBusy={isPending}
                  disabled={account.is_being_removed}
                  aria-label={t('projects.chooseOf', { title: project.title || project.project_id })}
                  onClick={() => void choose(project.project_id)}
                >
                  {t('projects.choose')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <CreateProject account={account} />
    </div>
  );
}

const titleForm = z.object({
  title: z.literal('').or(createAccountProject.body.shape.title.unwrap()),
});

function CreateProject({ account }: { account: AccountDetail }) {
  const t = useTranslations('accounts');
  const message = useFieldMessage();
  const cache = useAccountCache();
  const { register, handleSubmit, reset, setError, formState } = useForm({
    resolver: zodResolver(titleForm),
    mode: 'onTouched',
    defaultValues: { title: '' },
  });
  const { run, isPending, error } = useCall((title: string) =>
    sendProject(account.id, { choose: true, ...(title === '' ? {} : { title }) }),
  );
  const submit = handleSubmit(async ({ title }) => {
    const ended = await run(title);
    if (ended === undefined) return;
    if ('error' in ended) {
      const fault = fieldsOf(ended.error).title;
      if (fault !== undefined) setError('title', { message: fault }, { shouldFocus: true });
      return;
    }
    reset();
    cache.put(ended.output);
    toast.success(t('done.newProject', { title: ended.output.project_name ?? '' }));
    await cache.refetch();
  });
  return (
    <form
      noValidate
      className="grid gap-2 rounded-md border border-border p-3"
      onSubmit={(event) => void submit(event)}
    >
      <Problem error={error} besides={['title']} />
      <Field
        label={t('projects.newTitle')}
        isOptional
        hint={t('projects.newHint')}
        error={message(formState.errors.title?.message)}
      >
        {(control) => <Input {...control} {...register('title')} autoComplete="off" />}
      </Field>
      <div>
        <Button type="submit" variant="outline" isBusy={isPending} disabled={account.is_being_removed}>
          {t('projects.create')}
        </Button>
      </div>
    </form>
  );
}
