import { hostMeminfo, type Meminfo, meminfoNumber } from '../../procfs/meminfo.ts';
import { NO_SWAP, swapOf } from '../swap.ts';
import type { View, ViewContext } from '../view.ts';
import { fillMeminfo, isTemplateFor, type MeminfoTemplate, meminfoTemplate } from './meminfo-template.ts';
import { type MeminfoInputs, meminfoValues } from './meminfo-values.ts';

/** /proc/meminfo: the host's lines, filled with what the container's memory cgroup says. */
export const meminfo: View = (context) => {
  const inputs = gatherMeminfo(context);
  return inputs && renderMeminfo(inputs);
};

/** Reads what meminfo is made of; undefined where no cgroup counts the container's memory. */
function gatherMeminfo({ container, host, options }: ViewContext): MeminfoInputs | undefined {
  const controller = container.cgroup.memory;
  const memory = controller?.read();
  const frame = memory && hostMeminfo(host);
  if (controller === undefined || memory === undefined || frame === undefined) return undefined;
  const hostSwapKb = meminfoNumber(frame, 'SwapTotal:') ?? 0;
  const swap = options.disableSwap || hostSwapKb === 0 ? undefined : controller.readSwap();
  return {
    host: frame,
    memory,
    swap: swap === undefined ? NO_SWAP : swapOf(hostSwapKb, swap),
    hideSwap: options.disableSwap,
    hideZswap: options.disableSwap || options.disableZswap,
  };
}

/** The text: every line that the host has, in its order and layout. */
export function renderMeminfo(inputs: MeminfoInputs): string {
  const values = meminfoValues(inputs);
  return fillMeminfo(templateFor(inputs.host, values), values);
}

function templateFor(host: Meminfo, values: Readonly<Record<string, number>>): MeminfoTemplate {
  if (known?.host === host) return known.template;
  const template =
    known && isTemplateFor(host, known.template) ? known.template : meminfoTemplate(host, values);
  known = { host, template };
  return template;
}

/** Of the host's text last seen. */
let known: { readonly host: Meminfo; readonly template: MeminfoTemplate } | undefined;
