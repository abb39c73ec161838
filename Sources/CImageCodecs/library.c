#include "library.h"

#include <dlfcn.h>
#include <stdio.h>

void codec_library_load(const char *const *names, const codec_library_slot *slots, size_t count,
                        char *message) {
  void *library = NULL;
  for (size_t i = 0; names[i] != NULL && library == NULL; i++) {
    // Never closed: the tables live as long as the program.
    library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  }
  if (library == NULL) {
    snprintf(message, LIBRARY_MESSAGE, "%s is not installed", names[0]);
    return;
  }
  for (size_t i = 0; i < count; i++) {
    void *found = dlsym(library, slots[i].name);
    if (found == NULL) {
      snprintf(message, LIBRARY_MESSAGE, "%s has no %s", names[0], slots[i].name);
      return;
    }
    *slots[i].slot = found;
  }
}

int codec_library_is_there(pthread_once_t *once, void (*load)(void), const char *message,
                           codec_result *result) {
  pthread_once(once, load);
  if (message[0] == 0) return 1;
  codec_fail(result, CODEC_NO_LIBRARY, "%s", message);
  return 0;
}
