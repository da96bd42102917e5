import { expect, test } from 'vitest';
import { projectTitle } from './project-title';

test('a new project is named by its local time', () => {
  expect(projectTitle(new Date(2025, 11, 8, 9, 5))).toBe('Dec 08 - 09:05');
});
