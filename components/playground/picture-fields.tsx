'use client';

import { ArrowLeft, ArrowLeftRight, ArrowRight, ImagePlus, X } from 'lucide-react';
import type * as React from 'react';
import { useId, useRef, useState } from 'react';
import { useTranslations } from '@/components/shell/use-translations';
import { cn } from '@/lib/cn';
import { useFormat } from '../shell/use-format';
import { Button } from '../ui/button';
import { movePicture, type Picture, type Way } from './form';
import { filesIn, pictureTypes } from './read-picture';
import type { FormControl } from './use-playground-form';

/** Where files go: to a frame, or behind the others. */
export type Slot = 'first_frame' | 'last_frame' | 'ingredient';

type PictureFieldsProps = {
  way: Way;
  control: FormControl;
  onFiles: (files: readonly File[], slot: Slot) => void;
  /** What was wrong with the last files. */
  problem: string | undefined;
};

/** The pictures that the way takes: two frames, or a list in order. */
export function PictureFields({ way, control, onFiles, problem }: PictureFieldsProps) {
  const t = useTranslations('playground');
  const { form, change } = control;
  const problemId = useId();
  if (way.images.max === 0) return null;
  return (
    <div className="grid gap-1.5">
      {way.way === 'frames' ? (
        <div className="flex flex-wrap items-start gap-2">
          <Frame
            slot="first_frame"
            label={t('firstFrame')}
            picture={form.first}
            onFiles={onFiles}
            onRemove={() => change({ first: null })}
          />
          <Button
            className="mt-6.5"
            variant="outline"
            disabled={form.first === null || form.last === null}
            onClick={() => change({ first: form.last, last: form.first })}
          >
            <ArrowLeftRight aria-hidden />
            {t('swap')}
          </Button>
          <Frame
            slot="last_frame"
            label={t('lastFrame')}
            picture={form.last}
            onFiles={onFiles}
            onRemove={() => change({ last: null })}
          />
        </div>
      ) : (
        <Ingredients way={way} control={control} onFiles={onFiles} />
      )}
      <p className="text-secondary text-xs">{t('dropHint')}</p>
      <p id={problemId} role="alert" className="text-danger text-sm empty:hidden">
        {problem}
      </p>
    </div>
  );
}

type FrameProps = {
  slot: 'first_frame' | 'last_frame';
  label: string;
  picture: Picture | null;
  onFiles: PictureFieldsProps['onFiles'];
  onRemove: () => void;
};

function Frame({ slot, label, picture, onFiles, onRemove }: FrameProps) {
  const t = useTranslations('playground');
  return (
    <DropZone className="w-36" onFiles={(files) => onFiles(files, slot)}>
      <span className="font-medium">{label}</span>
      {picture === null ? (
        <AddButton
          label={t('addPicture', { slot: t(`slot.${slot}`) })}
          onFiles={(files) => onFiles(files, slot)}
        />
      ) : (
        <Preview picture={picture} alt={t('pictureOf', { slot: label, name: picture.name })}>
          <Button
            variant="outline"
            size="icon"
            aria-label={t('removePicture', { name: picture.name })}
            onClick={onRemove}
          >
            <X aria-hidden />
          </Button>
        </Preview>
      )}
    </DropZone>
  );
}

function Ingredients({ way, control, onFiles }: Pick<PictureFieldsProps, 'way' | 'control' | 'onFiles'>) {
  const t = useTranslations('playground');
  const { form, change } = control;
  const { ingredients } = form;
  const isVideo = way.way === 'ingredients';
  const label = t(isVideo ? 'ingredients' : 'references');
  const move = (index: number, by: number) => change({ ingredients: movePicture(ingredients, index, by) });
  return (
    <DropZone onFiles={(files) => onFiles(files, 'ingredient')}>
      <div className="flex items-baseline justify-between gap-2">
        <span className="font-medium">{label}</span>
        <span className="text-secondary text-xs tabular-nums">
          {t('picturesCount', { count: ingredients.length, max: way.images.max })}
        </span>
      </div>
      <ol aria-label={label} className="flex flex-wrap gap-2">
        {ingredients.map((picture, index) => (
          <li key={picture.key} className="w-36">
            <Preview
              picture={picture}
              alt={t('pictureOf', { slot: `${label} ${index + 1}`, name: picture.name })}
            >
              <Button
                variant="outline"
                size="icon"
                aria-label={t('movePictureUp', { name: picture.name })}
                disabled={index === 0}
                onClick={() => move(index, -1)}
              >
                <ArrowLeft aria-hidden />
              </Button>
              <Button
                variant="outline"
                size="icon"
                aria-label={t('movePictureDown', { name: picture.name })}
                disabled={index === ingredients.length - 1}
                onClick={() => move(index, 1)}
              >
                <ArrowRight aria-hidden />
              </Button>
              <Button
                variant="outline"
                size="icon"
                aria-label={t('removePicture', { name: picture.name })}
                onClick={() => change({ ingredients: ingredients.filter((one) => one.key !== picture.key) })}
              >
                <X aria-hidden />
              </Button>
            </Preview>
          </li>
        ))}
        {ingredients.length < way.images.max && (
          <li className="w-36">
            <AddButton
              isMultiple
              label={t('addPicture', { slot: t(isVideo ? 'slot.ingredient' : 'slot.reference') })}
              onFiles={(files) => onFiles(files, 'ingredient')}
            />
          </li>
        )}
      </ol>
    </DropZone>
  );
}

function Preview({ picture, alt, children }: { picture: Picture; alt: string; children: React.ReactNode }) {
  const t = useTranslations('playground');
  const format = useFormat();
  return (
    <div className="grid gap-1">
      {/* biome-ignore lint/performance/noImgElement: a file of the reader's own, nothing is to be resized */}
      <img
        src={picture.url}
        alt={alt}
        className="aspect-square w-full rounded-md border border-border bg-muted object-contain"
      />
      <span className="truncate text-xs" title={picture.name}>
        {picture.name}
      </span>
      <span className="text-secondary text-xs">
        {picture.sizeBytes === null ? t('fromGateway') : format.size(picture.sizeBytes)}
      </span>
      <span className="flex gap-1">{children}</span>
    </div>
  );
}

type AddButtonProps = { label: string; isMultiple?: boolean; onFiles: (files: readonly File[]) => void };

function AddButton({ label, isMultiple = false, onFiles }: AddButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        className="grid aspect-square w-full place-items-center rounded-md border border-input border-dashed bg-card p-2 text-center text-secondary text-sm hover:bg-muted hover:text-text"
        onClick={() => input.current?.click()}
      >
        <span className="grid justify-items-center gap-1">
          <ImagePlus aria-hidden className="size-5" />
          {label}
        </span>
      </button>
      <input
        ref={input}
        type="file"
        accept={pictureTypes}
        multiple={isMultiple}
        tabIndex={-1}
        aria-hidden
        className="sr-only"
        onChange={({ target }) => {
          onFiles([...(target.files ?? [])]);
          target.value = ''; // the same file may be chosen again
        }}
      />
    </>
  );
}

type DropZoneProps = {
  className?: string;
  onFiles: (files: readonly File[]) => void;
  children: React.ReactNode;
};

function DropZone({ className, onFiles, children }: DropZoneProps) {
  const [isOver, setIsOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is for the mouse; the button inside does the same
    <div
      className={cn(
        'grid content-start gap-1.5 rounded-md',
        isOver && 'outline-2 outline-ring outline-offset-4',
        className,
      )}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        onFiles(filesIn(event.dataTransfer));
      }}
    >
      {children}
    </div>
  );
}
