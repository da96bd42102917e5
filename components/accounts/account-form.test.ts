import { expect, test } from 'vitest';
import { changesBetween, editForm, toBulkChanges } from './account-form';

const form = {
  remark: ' main ',
  project_id: '',
  image_enabled: true,
  video_enabled: false,
  image_concurrency: '',
  video_concurrency: '3',
  proxy_url: '',
};

test('an empty limit is none, and what is typed is trimmed', () => {
  expect(editForm.parse(form)).toEqual({
    remark: 'main',
    project_id: '',
    image_enabled: true,
    video_enabled: false,
    image_concurrency: null,
    video_concurrency: 3,
    proxy_url: '',
  });
});

test.each(['0', '-1', '1.5', 'many', '1001'])('%s is no limit', (text) => {
  expect(
    editForm.safeParse({ ...form, image_concurrency: text }).error?.issues.map(({ path }) => path),
  ).toEqual([['image_concurrency']]);
});

test('only what was changed is sent', () => {
  const before = editForm.parse(form);
  expect(changesBetween(before, { ...before, remark: 'spare', video_concurrency: null })).toEqual({
    remark: 'spare',
    video_concurrency: null,
  });
});

test('work on many sets what was chosen and leaves the rest', () => {
  const keep = {
    image_switch: 'keep',
    video_switch: 'keep',
    sets_image_limit: false,
    sets_video_limit: false,
    image_concurrency: '7',
    video_concurrency: '',
  } as const;
  expect(toBulkChanges(keep)).toEqual({});
  expect(toBulkChanges({ ...keep, image_switch: 'off', sets_video_limit: true })).toEqual({
    image_enabled: false,
    video_concurrency: null,
  });
});
