// What Linux has and Swift's Glibc does not show.
#if defined(__linux__)
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

/// rename(2) that fails with EEXIST where `target` exists; −1 with errno as it does.
static inline int rename_without_replacing(const char *name, const char *target) {
  // AT_FDCWD and RENAME_NOREPLACE, which <fcntl.h> and <stdio.h> hide without _GNU_SOURCE.
  return (int)syscall(SYS_renameat2, -100, name, -100, target, 1);
}
#endif
