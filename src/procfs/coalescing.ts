/**
 * For so long one look serves several reads, where it is a look at what only frames a container's files: the lines and sizes
 * of the host's own, the cgroups of a container's init, its load as sampled every 5 s, a disk scheduler that is not there.
 * Less than a tick of most kernels' clocks: nobody can tell. What a container uses, its limits, and the cgroups of whoever
 * reads are looked at anew for each read.
 */
export const COALESCE_MILLIS = 4;
