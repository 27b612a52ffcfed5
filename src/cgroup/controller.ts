import type { Group } from './group.ts';

/** One controller's side of a container's cgroup. Thousands are kept: a class has its methods once, an object of functions has its own. */
export class Controller {
  protected readonly group: Group;

  constructor(group: Group) {
    this.group = group;
  }

  get directory(): string {
    return this.group.directory;
  }
}
