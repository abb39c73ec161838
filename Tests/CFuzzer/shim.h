#ifndef CFUZZER_SHIM_H
#define CFUZZER_SHIM_H

#include <stddef.h>
#include <stdint.h>

/// libFuzzer as a library (clang's libclang_rt.fuzzer_no_main): feeds `callback` until an option
/// of the arguments says that it is enough.
int LLVMFuzzerRunDriver(int *argc, char ***argv,
                        int (*callback)(const uint8_t *bytes, size_t count));

#endif
