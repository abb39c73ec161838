#ifndef DESCRIPTOR_H
#define DESCRIPTOR_H

#include <stddef.h>
#include <sys/types.h>

// The only calls of read and write of the program: a signal in between is no failure, and a
// descriptor that does not block is waited for.

/// Reads at most `count` (≥ 1) bytes; returns how many, 0 at the end, or −errno.
ssize_t descriptor_read(int descriptor, void *bytes, size_t count);

/// Reads `count` bytes of a file from `offset` on; returns how many there are, or −errno.
ssize_t descriptor_read_at(int descriptor, off_t offset, void *bytes, size_t count);

/// Writes all `count` bytes; returns 0 or errno.
int descriptor_write(int descriptor, const void *bytes, size_t count);

/// Writes all `count` bytes to a file from `offset` on; returns 0 or errno.
int descriptor_write_at(int descriptor, off_t offset, const void *bytes, size_t count);

#endif
